namespace MeshControl.Protocol.Control;

/// <summary>
/// Capability versions: one number that grows with what a client understands. Named are those that decide what a server sends.
/// </summary>
public static class CapabilityVersions
{
    /// <summary>
    /// Lowest served version, release 1.80: all delta messages, named filters and home relay numbers can be taken for granted.
    /// </summary>
    public const int Minimum = 113;

    /// <summary>Below it a server has no key for the Noise handshake to give out.</summary>
    public const int Noise = 39;

    /// <summary>The early payload of a Noise channel is understood.</summary>
    public const int EarlyNoise = 49;

    /// <summary>Streams no longer store what their request carries; separate updates do.</summary>
    public const int ReadOnlyStreams = 68;

    /// <summary><see cref="MapResponse.PacketFilters"/>.</summary>
    public const int NamedPacketFilters = 81;

    /// <summary>Filter sources of the form <c>cap:name</c>.</summary>
    public const int CapabilitySources = 109;

    /// <summary><see cref="MapNode.HomeDerp"/>; older clients read <see cref="MapNode.LegacyDerp"/>.</summary>
    public const int HomeDerp = 111;

    /// <summary>Null <see cref="MapNode.AllowedIps"/> stand for the addresses.</summary>
    public const int NullAllowedIps = 112;

    public const int NoMeasureNoHome = 115;

    public const int MagicDnsAaaa = 116;

    public const int DisplayMessages = 117;

    public const int PeerRelay = 121;

    public const int ResolverUseWithExitNode = 125;

    public const int SeamlessKeyRenewalDefault = 126;

    /// <summary>Auto-update default as a node capability rather than <see cref="MapResponse.DefaultAutoUpdate"/>.</summary>
    public const int DefaultAutoUpdateCapability = 131;

    /// <summary>Status 429 on registration is shown and obeyed.</summary>
    public const int RegisterRateLimit = 137;

    /// <summary>429, and 503 with <c>Retry-After</c>, are obeyed on registration and map requests.</summary>
    public const int RetryAfter = 147;

    /// <summary><see cref="MapNode.StableTailnetId"/>.</summary>
    public const int StableTailnetId = 148;

    /// <summary>Highest version known here; higher ones are served all the same.</summary>
    public const int Latest = 148;

    private static readonly (int Version, string Release)[] Releases =
    [
        (106, "1.74"), (109, "1.78"), (113, "1.80"), (115, "1.82"), (116, "1.84"), (123, "1.86"), (125, "1.88"), (130, "1.90"),
        (131, "1.92"), (133, "1.96"), (138, "1.98"), (141, "1.100"), (142, "1.102"), (148, "1.104"),
    ];

    /// <summary>What a user reads whose client is below <see cref="Minimum"/>.</summary>
    public static string DescribeMinimum { get; } = $"client version too old; need Tailscale {FirstReleaseWith(Minimum)} or newer";

    public static bool IsSupported(int version) => version >= Minimum;

    /// <summary>The first release that has at least this version, such as <c>1.80</c>; null above the known ones.</summary>
    public static string? FirstReleaseWith(int version)
    {
        foreach (var (known, release) in Releases)
        {
            if (known >= version)
            {
                return release;
            }
        }

        return null;
    }

    /// <summary>The newest release whose version is not above this one, for logs and lists; null below the known ones.</summary>
    public static string? ReleaseOf(int version)
    {
        string? found = null;
        foreach (var (known, release) in Releases)
        {
            if (known > version)
            {
                break;
            }

            found = release;
        }

        return found;
    }
}
