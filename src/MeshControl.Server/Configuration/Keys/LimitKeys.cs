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
        Limits.Key(
            "limits.max_pending_logins",
            Kinds.Integer(1, LimitOptions.MaxPendingLoginsLimit),
            o => o.MaxPendingLogins,
            (o, value) => o with { MaxPendingLogins = value },
            "The most devices that wait for somebody to decide about their login. One more ends the oldest of the address that has most."),
        Limits.Key(
            "limits.max_failed_registrations",
            Kinds.Integer(1, LimitOptions.MaxFailedRegistrationsLimit),
            o => o.MaxFailedRegistrations,
            (o, value) => o with { MaxFailedRegistrations = value },
            "How many registrations from one address (IPv6: network of 64 bits) may fail, or ask for a login, at once and in a minute after that. "
                + "Further ones are refused. Machines that have a node are never counted nor refused, nor is who joins with a valid key counted."),
    ];
}
