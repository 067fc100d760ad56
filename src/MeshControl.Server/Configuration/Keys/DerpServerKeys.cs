using MeshControl.Derp.Map;
using MeshControl.Server.Configuration.Derp;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>The server's own relay, and what relays of others may ask.</summary>
internal static class DerpServerKeys
{
    private static readonly KeySection<DerpServerOptions> Server =
        new(o => o.Derp.Server, (o, value) => o with { Derp = o.Derp with { Server = value } });

    private static readonly KeySection<DerpVerifyOptions> Verify =
        new(o => o.Derp.Verify, (o, value) => o with { Derp = o.Derp with { Verify = value } });

    /// <summary>Empty is that of the server.</summary>
    private static readonly ScalarKind<string> OptionalHost = new(
        "a host name", text => text.Length == 0 ? "" : DerpKinds.ParseHost(text), host => host.Length == 0 ? "\"\"" : host);

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Server.Key(
            KeyNames.DerpServerEnabled,
            Kinds.Boolean,
            o => o.Enabled,
            (o, value) => o with { Enabled = value },
            "Whether the server is a relay, too. Clients need one to reach each other; this one is at `server_url`."),
        Server.Key(
            "derp.server.region_id",
            Kinds.Integer(1, MapRules.MaxRegionId),
            o => o.RegionId,
            (o, value) => o with { RegionId = value },
            "The number of its region, which replaces one with the same number from elsewhere."),
        Server.Key(
            "derp.server.region_code",
            Kinds.Text,
            o => o.RegionCode,
            (o, value) => o with { RegionCode = value },
            "What clients call the region in short."),
        Server.Key(
            "derp.server.region_name",
            Kinds.Text,
            o => o.RegionName,
            (o, value) => o with { RegionName = value },
            "What clients call the region."),
        Server.Key(
            KeyNames.DerpServerAddRegion,
            Kinds.Boolean,
            o => o.AddRegion,
            (o, value) => o with { AddRegion = value },
            "Whether clients are told of the region; false where `derp.map` or a file describes it."),
        Server.Key(
            "derp.server.verify_clients",
            Kinds.Boolean,
            o => o.VerifyClients,
            (o, value) => o with { VerifyClients = value },
            "Whether the relay serves this server's nodes alone. With false everybody may use it who finds it."),
        Server.Key(
            KeyNames.DerpServerKey,
            Kinds.RequiredPath,
            o => o.PrivateKeyPath,
            (o, value) => o with { PrivateKeyPath = value },
            "The relay's key, another one than the server's; made on the first start. If `noise.private_key_path` is written, it lies "
                + "beside that by default."),
        Server.Key(
            KeyNames.DerpServerHostName,
            OptionalHost,
            o => o.HostName,
            (o, value) => o with { HostName = value },
            "The name or address by which clients reach the relay, if it is not that of `server_url`."),
        Server.Key(
            KeyNames.DerpServerPort,
            DerpKinds.DerpPort,
            o => o.Port,
            (o, value) => o with { Port = value },
            "The port by which clients reach the relay; 0 is that of `server_url`."),
        Server.Key(
            KeyNames.DerpServerIpv4,
            DerpKinds.Ipv4,
            o => o.Ipv4,
            (o, value) => o with { Ipv4 = value },
            "The relay's public IPv4 address, so that clients find it while they cannot resolve names; `none` if it has none."),
        Server.Key(
            KeyNames.DerpServerIpv6,
            DerpKinds.Ipv6,
            o => o.Ipv6,
            (o, value) => o with { Ipv6 = value },
            "The relay's public IPv6 address; `none` if it has none."),
        Server.Key(
            "derp.server.stun.enabled",
            Kinds.Boolean,
            o => o.StunEnabled,
            (o, value) => o with { StunEnabled = value },
            "Whether STUN is answered, by which clients learn their public addresses and how far the relay is."),
        Server.Key(
            KeyNames.StunListenAddr,
            Kinds.OptionalListens,
            o => o.StunListenAddr,
            (o, value) => o with { StunListenAddr = value },
            "Where STUN is answered, over UDP. Answers leave from the address that was asked, also at `[::]`. Empty is nowhere."),
        Server.Key(
            KeyNames.DerpServerHttp,
            Kinds.OptionalListen,
            o => o.HttpListenAddr,
            (o, value) => o with { HttpListenAddr = value },
            "A further address without TLS, usually `:80`, for what clients ask there: whether a captive portal is in the way. Empty is none; "
                + "an `http://` address of `listen_addr` answers as well."),
        Server.Key(
            "derp.server.max_connections",
            Kinds.Integer(1, LimitOptions.MaxConnectionsLimit),
            o => o.MaxConnections,
            (o, value) => o with { MaxConnections = value },
            "The most clients connected to the relay, counted apart from `limits.max_connections`. A client holds one connection to its home "
                + "and, for a minute, to the homes of its peers."),
        Server.Key(
            KeyNames.DerpRate,
            Kinds.Integer(0, int.MaxValue),
            o => o.BytesPerSecond,
            (o, value) => o with { BytesPerSecond = value },
            "How many bytes a second each client may send through the relay; more wait. 0 is no limit."),
        Server.Key(
            KeyNames.DerpBurst,
            Kinds.Integer(DerpServerOptions.MinBurstBytes, int.MaxValue),
            o => o.BurstBytes,
            (o, value) => o with { BurstBytes = value },
            "How many bytes a client may send at once after a pause, if its rate is limited."),
        Server.Key(
            KeyNames.DerpMeshKey,
            Kinds.SecretFile,
            o => o.MeshKey,
            (o, value) => o with { MeshKey = value },
            "A file that holds the key by which the relays of the region know each other: 64 hexadecimal digits. `$NAME` stands for an "
                + "environment variable."),
        Server.Key(
            KeyNames.DerpMeshWith,
            Kinds.MeshPeers,
            o => o.MeshWith,
            (o, value) => o with { MeshWith = value },
            "The other relays of the region: `name`, `name:port`, or `https://name:port#sha256-raw:<hash>` where nobody has signed the "
                + "certificate. This relay may be among them."),
        Verify.Key(
            KeyNames.DerpVerifySecret,
            Kinds.SecretText,
            o => o.Secret,
            (o, value) => o with { Secret = value },
            "Makes `/verify`, where relays of others ask whether a client is a node, answer at `/verify/<secret>` alone. Better in a file of "
                + "its own: `derp.verify.secret_path`."),
        Verify.Key(
            "derp.verify.secret_path",
            Kinds.SecretFile,
            o => o.Secret,
            (o, value) => o with { Secret = value },
            "A file that holds the secret.",
            KeyNames.DerpVerifySecret),
        Verify.Key(
            "derp.verify.sources",
            Kinds.RelayNetworks,
            o => o.Sources,
            (o, value) => o with { Sources = value },
            "Addresses and prefixes of the relays that may ask; empty is everybody."),
    ];
}
