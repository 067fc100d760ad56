using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Netmaps;

/// <summary>What a client knows after the messages of one stream. Immutable; <see cref="NetmapRules"/> makes the next one.</summary>
public sealed record Netmap
{
    private const int MaxDescribedPeers = 20;

    /// <summary>The node itself.</summary>
    public required MapNode Self { get; init; }

    /// <summary>By node ID, in its order.</summary>
    public ImmutableSortedDictionary<long, MapNode> Peers { get; init; } = ImmutableSortedDictionary<long, MapNode>.Empty;

    /// <summary>By user ID. Never removed within a stream.</summary>
    public ImmutableDictionary<long, UserProfile> Users { get; init; } = ImmutableDictionary<long, UserProfile>.Empty;

    /// <summary>By name; <c>base</c> is also what the unnamed filter sets. Without any, all incoming traffic is blocked.</summary>
    public ImmutableSortedDictionary<string, WireList<FilterRule>> Filters { get; init; } =
        ImmutableSortedDictionary.Create<string, WireList<FilterRule>>(StringComparer.Ordinal);

    public DerpMap? Derp { get; init; }

    public DnsConfig? Dns { get; init; }

    public string Domain { get; init; } = "";

    public bool? CollectServices { get; init; }

    public SshPolicy? Ssh { get; init; }

    public WireList<string>? Health { get; init; }

    public ImmutableSortedDictionary<string, DisplayMessage> DisplayMessages { get; init; } =
        ImmutableSortedDictionary.Create<string, DisplayMessage>(StringComparer.Ordinal);

    public TkaInfo? Tka { get; init; }

    public ControlDialPlan? DialPlan { get; init; }

    public DebugSettings? Debug { get; init; }

    public DateTimeOffset? ControlTime { get; init; }

    /// <summary>Which of the node's streams this came from, counted from 1; 0 for a map of its own.</summary>
    public int Stream { get; init; }

    /// <summary>Messages that led here, keep-alives not counted.</summary>
    public int Messages { get; init; }

    /// <summary>A peer by the first label of its name, or null.</summary>
    public MapNode? FindPeer(string name) => Peers.Values.FirstOrDefault(peer => FirstLabel(peer) == name);

    /// <summary>A peer by the first label of its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public MapNode Peer(string name) =>
        FindPeer(name) ?? throw new KeyNotFoundException($"No peer '{name}' in: {this}");

    /// <summary>Whether the peers are exactly those, by the first labels of their names.</summary>
    public bool HasExactly(params IEnumerable<string> names) => Peers.Values.Select(FirstLabel).ToHashSet().SetEquals(names);

    /// <summary>The key of this node is past its expiry: the client has left its network and waits for a login.</summary>
    public bool IsExpiredAt(DateTimeOffset now) => Self.KeyExpiry is { } expiry && expiry <= now;

    /// <summary>The part of a node's name before the first dot.</summary>
    public static string FirstLabel(MapNode node) => (node.Name ?? "").Split('.', 2)[0];

    /// <summary>One line per node, for messages of failed tests.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"netmap after {Messages} messages, {Peers.Count} peers\n  self ").Append(Describe(Self));
        foreach (var peer in Peers.Values.Take(MaxDescribedPeers))
        {
            text.Append("\n  peer ").Append(Describe(peer));
        }

        return Peers.Count > MaxDescribedPeers ? text.Append("\n  …").ToString() : text.ToString();
    }

    private static string Describe(MapNode node)
    {
        var online = node.Online is { } known ? (known ? "online" : "offline") : "presence unknown";
        var expiry = node.KeyExpiry is { } time ? string.Create(CultureInfo.InvariantCulture, $", expiry {time:O}") : "";
        return $"{node.Id} {node.Name} user {node.User} {online}, addresses {node.Addresses}, allowed {node.AllowedIps}, "
            + $"endpoints {node.Endpoints}, home {node.HomeDerp}, tags {node.Tags}, disco {!node.DiscoKey.IsZero}{expiry}";
    }
}
