using System.Net;

namespace MeshControl.Server.Configuration.Options;

/// <summary>The server's own relay and STUN service.</summary>
public sealed record DerpServerOptions
{
    /// <summary>How the file with the relay's key is called, unless the operator has another name for it.</summary>
    public const string KeyFileName = "derp_server_private.key";

    /// <summary>Where clients expect STUN, unless they are told another port.</summary>
    public const int StunPort = 3478;

    /// <summary>One datagram socket per address; a machine has a handful of them.</summary>
    public const int MaxStunAddresses = 16;

    /// <summary>
    /// The least that a client may send at once where its rate is limited: one of the largest frames, which else would never pass.
    /// </summary>
    public const int MinBurstBytes = 65_568;

    /// <summary>Whether there is a relay.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>900 to 999 are meant for relays of one's own.</summary>
    public int RegionId { get; init; } = 999;

    /// <summary>Shown by clients, for instance in their list of peers.</summary>
    public string RegionCode { get; init; } = "meshcontrol";

    public string RegionName { get; init; } = "MeshControl";

    /// <summary>Whether clients are told of the relay without anybody describing it.</summary>
    public bool AddRegion { get; init; } = true;

    /// <summary>Whether only nodes of this server's tailnets may use the relay.</summary>
    public bool VerifyClients { get; init; } = true;

    /// <summary>The relay's key and, beside it, its certificate; made on the first start.</summary>
    public required string PrivateKeyPath { get; init; }

    public bool StunEnabled { get; init; } = true;

    /// <summary>Where STUN is answered, over UDP; empty: nowhere.</summary>
    public IReadOnlyList<ListenAddress> StunListenAddr { get; init; } = [new(IPAddress.IPv6Any, StunPort)];

    /// <summary>A further listener without TLS for what clients ask on port 80; null: none.</summary>
    public ListenAddress? HttpListenAddr { get; init; }

    /// <summary>By which name or address clients reach the relay; empty: that of the server.</summary>
    public string HostName { get; init; } = "";

    /// <summary>By which port clients reach the relay; 0: that of the server.</summary>
    public int Port { get; init; }

    /// <summary>So that clients need not look the name up; <c>none</c>: the relay has no such address.</summary>
    public string? Ipv4 { get; init; }

    /// <inheritdoc cref="Ipv4"/>
    public string? Ipv6 { get; init; }

    /// <summary>Clients of the relay at a time; each costs some 45 KB. All of 10,000 nodes have their home here, and some visit.</summary>
    public int MaxConnections { get; init; } = 16_384;

    /// <summary>What each client may send; 0 is as much as it can.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>What each client may send at once after a pause, where its rate is limited.</summary>
    public int BurstBytes { get; init; } = 2 * MinBurstBytes;

    /// <summary>What relays of one region know each other by; null: this one is alone.</summary>
    public Secret? MeshKey { get; init; }

    /// <summary>The other relays of the region, as <c>MeshPeerText</c> reads them.</summary>
    public IReadOnlyList<string> MeshWith { get; init; } = [];

    /// <summary>Whether STUN is answered anywhere.</summary>
    public bool AnswersStun => Enabled && StunEnabled && StunListenAddr.Count > 0;
}
