using System.Security.Cryptography;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Testing.Nodes;

/// <summary>
/// The keys of a simulated node. Immutable: each event of a client's life makes the next identity. Only the machine key
/// is ever used for anything, so the others are random bytes without a private half.
/// </summary>
public sealed record NodeIdentity
{
    /// <summary>Lives as long as some identity holds it.</summary>
    public required X25519PrivateKey MachineKey { get; init; }

    public required NodePublicKey NodeKey { get; init; }

    /// <summary>The node key before the last rotation; zero if there was none. Repeated in every later registration.</summary>
    public NodePublicKey OldNodeKey { get; init; }

    public required DiscoPublicKey DiscoKey { get; init; }

    public required NetworkLockPublicKey LockKey { get; init; }

    public MachinePublicKey Machine => new(MachineKey.PublicKey);

    public static NodeIdentity Create() => Create(X25519PrivateKey.Generate());

    /// <summary>A first login on a given machine.</summary>
    public static NodeIdentity Create(X25519PrivateKey machineKey) => new()
    {
        MachineKey = machineKey,
        NodeKey = NewNodeKey(),
        DiscoKey = new DiscoPublicKey(RandomBytes()),
        LockKey = new NetworkLockPublicKey(RandomBytes()),
    };

    public static NodePublicKey NewNodeKey() => new(RandomBytes());

    /// <summary>A new process: what is on disk stays.</summary>
    public NodeIdentity AfterRestart() => this with { DiscoKey = new DiscoPublicKey(RandomBytes()) };

    /// <summary>A new login of the same profile.</summary>
    public NodeIdentity AfterRotation() => this with { NodeKey = NewNodeKey(), OldNodeKey = NodeKey };

    /// <summary>The profile is gone; only the machine stays.</summary>
    public NodeIdentity AfterLogout() => this with
    {
        NodeKey = NewNodeKey(),
        OldNodeKey = default,
        LockKey = new NetworkLockPublicKey(RandomBytes()),
    };

    /// <summary>After a refused registration a client tries with new keys, because it remembers none that were not accepted.</summary>
    public NodeIdentity AfterRefusal() => this with { NodeKey = NewNodeKey(), LockKey = new NetworkLockPublicKey(RandomBytes()) };

    private static KeyBytes RandomBytes()
    {
        Span<byte> bytes = stackalloc byte[KeyBytes.Length];
        RandomNumberGenerator.Fill(bytes);
        return new KeyBytes(bytes);
    }
}
