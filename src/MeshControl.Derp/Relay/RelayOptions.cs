using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>How the relay behaves; the defaults are those of stock relays where they have one.</summary>
public sealed record RelayOptions
{
    /// <summary>Open connections, those that log in included; one more is closed at once. An idle one costs some 40 KB with TLS.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// Connections with one key: a client that changes networks has two for a while, a cloned device keeps them. One more closes the one that
    /// has been silent the longest, since that is most likely dead.
    /// </summary>
    public int MaxConnectionsPerKey { get; init; } = 8;

    /// <summary>
    /// Logins under way; one more ends the oldest. An honest one takes a round trip, of which a machine begins some thousand a second; a
    /// dishonest one may hold a buffer of 512 KiB.
    /// </summary>
    public int MaxLogins { get; init; } = 2_048;

    /// <summary>From the relay's first frame to a client that is let in.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What a client may send, bytes per second with the frames' headers; 0 is no limit. The relay reads no faster, so that the client's own
    /// connection holds it back; nothing is dropped. Mesh peers are exempt.
    /// </summary>
    public int BytesPerSecond { get; init; }

    /// <summary>What a client may send at once, in bytes; at least one longest packet, whatever is set.</summary>
    public int BurstBytes { get; init; } = 131_072;

    /// <summary>Who shows it in its login is another relay of the region. Null: nobody is.</summary>
    public DerpMeshKey? MeshKey { get; init; }

    /// <summary>A client that takes nothing for so long while there is something for it is disconnected.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same for a mesh peer, whose loss costs many clients.</summary>
    public TimeSpan MeshWriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>At a stop: how long clients may take what is still queued for them.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
