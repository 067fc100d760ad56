using System.Collections.Immutable;
using MeshControl.Core.Addresses;
using MeshControl.Core.Maps;
using MeshControl.Core.Policies;
using MeshControl.Policy.Approval;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tailnets;

/// <summary>What the configuration says about a tailnet.</summary>
public sealed record TailnetSettings
{
    /// <summary>MagicDNS suffix without dots at its ends, such as <c>mesh.internal</c>.</summary>
    public required string BaseDomain { get; init; }

    /// <summary>Where clients ask the server inside their channel: scheme, host and port, without a slash at the end.</summary>
    public string ChannelUrl { get; init; } = "";

    public required AddressPlan Addresses { get; init; }

    public DnsSettings Dns { get; init; } = new();

    public DerpMap DerpMap { get; init; } = new() { Regions = WireMap.Empty<int, DerpRegion?>() };

    /// <summary>Where the truth about the policy lies. Stays while the server runs.</summary>
    public PolicyMode PolicyMode { get; init; }

    /// <summary>The file, in file mode; null there: there is no policy. Stays while the server runs.</summary>
    public string? PolicyPath { get; init; }

    /// <summary>
    /// E-mail domains of which policies may name all users; empty: any. Stays while the server runs, as the policy in force was read
    /// with it.
    /// </summary>
    public ImmutableArray<string> PolicyDomains { get; init; } = [];

    /// <summary>How long the key of an untagged node lives after a login; null: it does not expire.</summary>
    public TimeSpan? NodeExpiry { get; init; }

    /// <summary>Whether new devices wait until an administrator approves them.</summary>
    public bool ApprovalRequired { get; init; }

    /// <summary>Whose devices need no approval all the same.</summary>
    public ApprovedDevices Approved { get; init; } = ApprovedDevices.None;

    /// <summary>Whether nodes of one user may send each other files.</summary>
    public bool Taildrop { get; init; } = true;

    /// <summary>Whether clients update themselves unless their user says otherwise.</summary>
    public bool AutoUpdate { get; init; }

    /// <summary>Whether clients may upload their logs.</summary>
    public bool LogTail { get; init; }

    /// <summary>How long an ephemeral node may be away before it is removed.</summary>
    public TimeSpan EphemeralTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a node without a map stream is still shown as online, so that a reconnect never shows.</summary>
    public TimeSpan OfflineGrace { get; init; } = TimeSpan.FromSeconds(8);
}
