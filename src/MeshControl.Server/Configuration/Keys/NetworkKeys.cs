using MeshControl.Server.Configuration.Derp;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>Addresses, relays, nodes, and what clients may do.</summary>
internal static class NetworkKeys
{
    private static readonly KeySection<PrefixOptions> Prefixes = new(o => o.Prefixes, (o, value) => o with { Prefixes = value });
    private static readonly KeySection<DerpOptions> Derp = new(o => o.Derp, (o, value) => o with { Derp = value });
    private static readonly KeySection<NodeOptions> Node = new(o => o.Node, (o, value) => o with { Node = value });
    private static readonly KeySection<FeatureOptions> Features = new(o => o.Features, (o, value) => o with { Features = value });

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Prefixes.Key(
            KeyNames.PrefixV4,
            Kinds.PrefixV4,
            o => o.V4,
            (o, value) => o with { V4 = value },
            "Where nodes get their IPv4 addresses from; clients expect a part of 100.64.0.0/10. When only one of `prefixes.v4` and "
                + "`prefixes.v6` is written, nodes get no addresses of the other family."),
        Prefixes.Key(
            KeyNames.PrefixV6,
            Kinds.PrefixV6,
            o => o.V6,
            (o, value) => o with { V6 = value },
            "Where nodes get their IPv6 addresses from; clients expect a part of fd7a:115c:a1e0::/48."),
        Prefixes.Key(
            "prefixes.allocation",
            Kinds.Allocation,
            o => o.Allocation,
            (o, value) => o with { Allocation = value },
            "Whether a new node gets the next free address or any free one."),
        Derp.Key(
            KeyNames.DerpMap,
            DerpMapKind.Instance,
            o => o.Map,
            (o, value) => o with { Map = value },
            "The relays clients use when they cannot reach each other directly, by region; see below. Without any relay clients do not "
                + "come up.",
            reloadable: true),
        Derp.Key(
            KeyNames.DerpUrls,
            DerpUrlsKind.Instance,
            o => o.Urls,
            (o, value) => o with { Urls = value },
            "URLs of relay maps of others, in JSON or YAML, merged after `derp.map`; see [relay-map.md](relay-map.md).",
            reloadable: true),
        Derp.Key(
            KeyNames.DerpPaths,
            Kinds.Paths,
            o => o.Paths,
            (o, value) => o with { Paths = value },
            "YAML or JSON files with relay maps, merged after those of `derp.urls`. A region in a later file replaces that of an earlier "
                + "one; `null` removes it.",
            reloadable: true),
        Derp.Key(
            "derp.auto_update_enabled",
            Kinds.Boolean,
            o => o.AutoUpdate,
            (o, value) => o with { AutoUpdate = value },
            "Whether URLs and files with relay maps are read again while the server runs, and not only at its start and at a reload.",
            reloadable: true),
        Derp.Key(
            KeyNames.DerpUpdateFrequency,
            Kinds.Duration,
            o => o.UpdateFrequency,
            (o, value) => o with { UpdateFrequency = value },
            "How often that is, give or take a tenth; from 10s to 30d.",
            reloadable: true),
        Node.Key(
            KeyNames.NodeExpiry,
            Kinds.DurationOrNever,
            o => o.Expiry,
            (o, value) => o with { Expiry = value },
            "After this time the owner of a node has to log in again; 0 is never. Nodes that log in with tags do not expire.",
            reloadable: true),
        Node.Key(
            "node.approval.required",
            Kinds.Boolean,
            o => o.ApprovalRequired,
            (o, value) => o with { ApprovalRequired = value },
            "Whether a new device waits until an administrator approves it; see [login.md](login.md#approval). Those that are there stay. "
                + "When it is turned off, those that wait are let in.",
            reloadable: true),
        Node.Key(
            "node.approval.exempt",
            Kinds.Devices,
            o => o.ApprovalExempt,
            (o, value) => o with { ApprovalExempt = value },
            "Whose devices do not wait: users, groups, tags and roles in the words of the policy, such as `alice@example.com`, `group:it`, "
                + "`tag:server` or `autogroup:admin`.",
            reloadable: true),
        Node.Key(
            KeyNames.EphemeralTimeout,
            Kinds.Duration,
            o => o.EphemeralInactivityTimeout,
            (o, value) => o with { EphemeralInactivityTimeout = value },
            "How long an ephemeral node may be away before it is deleted; more than 65s, since a client may be silent that long.",
            reloadable: true),
        Node.Key(
            KeyNames.OfflineAfter,
            Kinds.Duration,
            o => o.OfflineAfter,
            (o, value) => o with { OfflineAfter = value },
            "At most so long after its network was cut a node is shown offline; from 10s to 2m. Of phones, which are asked seldom for the sake "
                + "of their batteries, it is known later."),
        Features.Key(
            "taildrop.enabled",
            Kinds.Boolean,
            o => o.Taildrop,
            (o, value) => o with { Taildrop = value },
            "Whether users may send files between their devices.",
            reloadable: true),
        Features.Key(
            "logtail.enabled",
            Kinds.Boolean,
            o => o.Logtail,
            (o, value) => o with { Logtail = value },
            "Whether clients may send their logs to Tailscale's log service.",
            reloadable: true),
        Features.Key(
            "auto_update.enabled",
            Kinds.Boolean,
            o => o.AutoUpdate,
            (o, value) => o with { AutoUpdate = value },
            "Whether clients update themselves unless their owner decided otherwise.",
            reloadable: true),
    ];
}
