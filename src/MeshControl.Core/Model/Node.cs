using System.Collections.Immutable;
using System.Net;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Model;

/// <summary>The durable part of a node: one login of one machine. What changes by the second is <see cref="NodePresence"/>.</summary>
public sealed record Node
{
    public required NodeId Id { get; init; }

    /// <summary>Null exactly when the node is tagged: tags and an owner exclude each other.</summary>
    public UserId? Owner { get; init; }

    /// <summary>Sorted <c>tag:…</c> names; empty for a node that has an owner.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    public required MachinePublicKey MachineKey { get; init; }

    /// <summary>Unique on the server, bound to <see cref="MachineKey"/> when it was registered.</summary>
    public required NodePublicKey NodeKey { get; init; }

    /// <summary>Zero until the node's first map request.</summary>
    public DiscoPublicKey DiscoKey { get; init; }

    public NetworkLockPublicKey NetworkLockKey { get; init; }

    public IPAddress? IPv4 { get; init; }

    public IPAddress? IPv6 { get; init; }

    /// <summary>A DNS label, unique within the tailnet.</summary>
    public required string GivenName { get; init; }

    /// <summary>True when an administrator chose the name, so that it no longer follows the client's host name.</summary>
    public bool GivenNameFixed { get; init; }

    /// <summary>As the client last sent it, without <c>NetInfo</c>, which fluctuates and lies in the presence.</summary>
    public required Hostinfo Hostinfo { get; init; }

    /// <summary>The node's own capability version.</summary>
    public int CapabilityVersion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null: the key never expires.</summary>
    public DateTimeOffset? Expiry { get; init; }

    /// <summary>Removed at logout, and some time after it went offline.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>
    /// An administrator has yet to approve the device. Until then policies do not know it: it is shown nobody, and nobody is shown it. A node
    /// that was let in once never waits again: those who see it are not told otherwise.
    /// </summary>
    public bool NeedsApproval { get; init; }

    /// <summary>How the node was let in the last time.</summary>
    public RegisterMethod Method { get; init; } = RegisterMethod.AuthKey;

    /// <summary>The pre-auth key that the node was let in by, if it was one; the key itself may be gone.</summary>
    public PreAuthKeyId? AuthKey { get; init; }

    /// <summary>The name as the client sent it, unsanitised.</summary>
    public string Hostname => Hostinfo.Hostname ?? "";

    public bool IsTagged => !Tags.IsEmpty;

    public bool IsExpired(DateTimeOffset now) => Expiry is { } expiry && expiry <= now;
}
