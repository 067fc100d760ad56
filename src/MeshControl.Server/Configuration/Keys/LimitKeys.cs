using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>What peers may take of the server together.</summary>
internal static class LimitKeys
{
    private static readonly KeySection<LimitOptions> Limits = new(o => o.Limits, (o, value) => o with { Limits = value });

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Limits.Key(
            KeyNames.MaxConnections,
            Kinds.Integer(LimitOptions.MinConnections, LimitOptions.MaxConnectionsLimit),
            o => o.MaxConnections,
            (o, value) => o with { MaxConnections = value },
            "The most open connections of clients. When they are reached, the oldest one that belongs to no node is closed for the new one; "
                + "where all belong to nodes, new ones are closed at once."),
        Limits.Key(
            KeyNames.MaxPendingConnections,
            Kinds.Integer(LimitOptions.MinConnections, LimitOptions.MaxConnectionsLimit),
            o => o.MaxPendingConnections,
            (o, value) => o with { MaxPendingConnections = value },
            "Of these, the most that have not shown yet that they belong to a node. One more closes the oldest."),
        Limits.Key(
            KeyNames.HandshakeTimeout,
            Kinds.Duration,
            o => o.HandshakeTimeout,
            (o, value) => o with { HandshakeTimeout = value },
            "How long a connection may take for each step up to its first request: TLS, the head of the request, the first request in a "
                + "channel."),
        Limits.Key(
            KeyNames.RequestTimeout,
            Kinds.Duration,
            o => o.RequestTimeout,
            (o, value) => o with { RequestTimeout = value },
            "How long a request's body may take to arrive."),
    ];
}
