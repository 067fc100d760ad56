using MeshControl.Core.Nodes;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Logins;

/// <summary>
/// A machine that asks to be let in, and whom nobody has let in yet. It belongs to no tailnet: whoever approves it decides that.
/// </summary>
public sealed record PendingLogin
{
    /// <summary>How long a login may be approved. A client that is still waiting then gets a new one by itself.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Ascending with the time of asking, unique among those that are pending.</summary>
    public required long Number { get; init; }

    /// <summary>See <see cref="AuthId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Proved by the connection.</summary>
    public required MachinePublicKey Machine { get; init; }

    /// <summary>What the client asks for, as <see cref="Keep"/> left it.</summary>
    public required RegisterRequest Request { get; init; }

    /// <summary>Where it was asked from, as text.</summary>
    public required string Address { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt => CreatedAt + Lifetime;

    /// <summary>Any text, not to be trusted.</summary>
    public string Hostname => Request.Hostinfo?.Hostname ?? "";

    /// <summary>The part of a request that making a node of it takes.</summary>
    public static RegisterRequest Keep(RegisterRequest request) => new()
    {
        Version = request.Version,
        NodeKey = request.NodeKey,
        OldNodeKey = request.OldNodeKey,
        NlKey = request.NlKey,
        Expiry = request.Expiry,
        Hostinfo = NodeUpdates.Durable(request.Hostinfo ?? new Hostinfo()),
        Ephemeral = request.Ephemeral,
    };

    /// <summary>Without the id, which is a secret.</summary>
    public override string ToString() => $"login {Number} of {Hostname}";
}
