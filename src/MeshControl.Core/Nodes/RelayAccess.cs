using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Nodes;

/// <summary>
/// Who may use relays: nodes of any tailnet that are approved and whose keys have not expired. By the index of node keys, without going through nodes or writers.
/// </summary>
public sealed class RelayAccess
{
    private readonly ControlPlane _controlPlane;
    private readonly TimeProvider _time;
    private readonly RetiredKeys _retired;

    internal RelayAccess(ControlPlane controlPlane, TimeProvider time, RetiredKeys retired) =>
        (_controlPlane, _time, _retired) = (controlPlane, time, retired);

    /// <summary>Whether who has proved to own this key is let in.</summary>
    public bool MayEnter(NodePublicKey key) =>
        _controlPlane.FindByNodeKey(key) is { } tailnet
        && tailnet.Snapshot.Nodes.TryGet(key, out var entry)
        && !entry.Node.NeedsApproval
        && !entry.Node.IsExpired(Clock.Now(_time));

    /// <summary>
    /// Whether who was let in with this key may stay: not when its node has been deleted or its key has expired, and only for a moment when
    /// the node has another key now. To be asked again and again, since keys expire without anything happening.
    /// </summary>
    public bool MayStay(NodePublicKey key) => MayEnter(key) || (_retired.Contains(key) && _controlPlane.FindByNodeKey(key) is null);
}
