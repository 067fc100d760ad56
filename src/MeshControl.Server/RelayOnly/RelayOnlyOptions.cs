using System.Net;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server;

/// <summary>A relay in a process of its own.</summary>
public sealed record RelayOnlyOptions
{
    /// <summary>Relays of one's own have regions from 900; 999 is that of a coordination server.</summary>
    public const int DefaultRegion = 900;

    /// <summary>By which name or address clients reach it.</summary>
    public required string HostName { get; init; }

    /// <summary>The relay's own key and, beside it, the certificate that it makes if it is given none.</summary>
    public required string KeyPath { get; init; }

    /// <summary>With TLS, always.</summary>
    public IReadOnlyList<ListenAddress> ListenAddr { get; init; } = [new(IPAddress.IPv6Any, RelayEndpoint.DefaultPort)];

    /// <summary>The certificate; none: one that nobody signed.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>UDP; empty: nowhere.</summary>
    public IReadOnlyList<ListenAddress> StunListenAddr { get; init; } = [];

    /// <summary>Without TLS, for the check for captive portals; null: none.</summary>
    public ListenAddress? HttpListenAddr { get; init; }

    public ListenAddress? MetricsListenAddr { get; init; }

    public DerpMeshKey? MeshKey { get; init; }

    public IReadOnlyList<RelayEndpoint> MeshWith { get; init; } = [];

    /// <summary>Who is asked about each client; null: everybody is served.</summary>
    public Uri? VerifyUrl { get; init; }

    /// <summary>Whether clients are let in while nobody answers.</summary>
    public bool VerifyFailOpen { get; init; }

    public int RegionId { get; init; } = DefaultRegion;

    public string? RegionCode { get; init; }

    public string? RegionName { get; init; }

    /// <summary>What the DERP map calls this relay; each of all regions needs a name of its own.</summary>
    public string? NodeName { get; init; }

    /// <summary>Clients at a time.</summary>
    public int MaxConnections { get; init; } = 16_384;

    /// <summary>What each client may send; 0 is as much as it can.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>What each client may send at once after a pause.</summary>
    public int BurstBytes { get; init; } = 2 * DerpServerOptions.MinBurstBytes;

    public LogOptions Log { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>In place of the configured logging; null: as configured.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
