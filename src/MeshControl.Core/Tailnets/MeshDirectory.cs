using System.Collections.Concurrent;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// The server-wide index: which tailnet a node key or a pre-auth key belongs to. Written by the writers when they publish;
/// read by anybody. What it points to must be looked up in that tailnet's snapshot.
/// </summary>
internal sealed class MeshDirectory(TimeProvider time)
{
    private readonly ConcurrentDictionary<NodePublicKey, TailnetId> _byNodeKey = new();
    private readonly ConcurrentDictionary<SecretHash, (TailnetId Tailnet, PreAuthKeyId Key)> _byKeyHash = new();

    /// <summary>Node keys that nodes had until a moment ago.</summary>
    public RetiredKeys Retired { get; } = new(time);

    /// <summary>Machines whose devices were turned away.</summary>
    public RejectedMachines Rejected { get; } = new();

    public TailnetId? FindNode(NodePublicKey key) => _byNodeKey.TryGetValue(key, out var tailnet) ? tailnet : null;

    public (TailnetId Tailnet, PreAuthKeyId Key)? FindPreAuthKey(SecretHash hash) =>
        _byKeyHash.TryGetValue(hash, out var found) ? found : null;

    public void Apply(
        TailnetId tailnet,
        IReadOnlyCollection<(NodeEntry? Before, NodeEntry? After)> nodes,
        IEnumerable<(PreAuthKey? Before, PreAuthKey? After)> keys)
    {
        // First what goes: a node may take over the key that another one has just given up.
        foreach (var (before, after) in nodes)
        {
            if (before is not null && before.Node.NodeKey != after?.Node.NodeKey)
            {
                _byNodeKey.TryRemove(KeyValuePair.Create(before.Node.NodeKey, tailnet));
                if (after is not null)
                {
                    Retired.Add(before.Node.NodeKey);
                }
            }
        }

        foreach (var (_, after) in nodes)
        {
            if (after is not null)
            {
                _byNodeKey[after.Node.NodeKey] = tailnet;
            }
        }

        foreach (var (before, after) in keys)
        {
            if (after is not null)
            {
                _byKeyHash[after.Hash] = (tailnet, after.Id);
            }
            else if (before is not null)
            {
                _byKeyHash.TryRemove(before.Hash, out _);
            }
        }
    }
}
