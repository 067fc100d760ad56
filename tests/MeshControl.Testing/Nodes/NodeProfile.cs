using System.Net;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Nodes;

/// <summary>What a simulated node tells about itself in map requests. Immutable.</summary>
public sealed record NodeProfile
{
    /// <summary>Sent whole each time; what it has no <see cref="Hostinfo.NetInfo"/> for is not sent.</summary>
    public required Hostinfo Hostinfo { get; init; }

    /// <summary>Null: none known yet.</summary>
    public WireList<IPEndPoint>? Endpoints { get; init; }

    public WireList<int>? EndpointTypes { get; init; }

    /// <summary>What a Linux host says of itself right after its start, before any network check.</summary>
    public static NodeProfile Linux(string hostname) => new()
    {
        Hostinfo = new Hostinfo
        {
            IpnVersion = "1.98.9-simulated",
            BackendLogId = "5f1e3a7cbb2f6b0b4a6cf0a4d1d3b9a0a3c3f2b87d9c0e5fd6e1f7a8b9c0d1e2",
            Os = "linux",
            OsVersion = "6.1.0",
            Distro = "debian",
            Hostname = hostname,
            Machine = "x86_64",
            GoArch = "amd64",
            GoVersion = "go1.26.6",
            Userspace = true,
            UserspaceRouter = true,
            Services = [new Service { Proto = ServiceProtocols.PeerApiDnsProxy, Port = 1 }],
        },
    };

    public NodeProfile WithEndpoints(params IEnumerable<IPEndPoint> endpoints)
    {
        var list = WireList.CopyOf(endpoints);
        return this with { Endpoints = list, EndpointTypes = WireList.CopyOf(list.Select(_ => EndpointKinds.Local)) };
    }

    /// <summary>As after a network check that found a home relay.</summary>
    public NodeProfile WithHome(int region) => WithHostinfo(info => info with
    {
        NetInfo = new NetInfo { WorkingUdp = true, OsHasIpv6 = true, PreferredDerp = region, FirewallMode = "nft-default" },
    });

    /// <summary>As after a new login, which forgets the network check.</summary>
    public NodeProfile WithoutNetInfo() => WithHostinfo(info => info with { NetInfo = null });

    public NodeProfile WithHostinfo(Func<Hostinfo, Hostinfo> change) => this with { Hostinfo = change(Hostinfo) };

    /// <summary>As after the first map, when the client begins to serve its peers.</summary>
    public NodeProfile WithPeerApi(ushort port) => WithHostinfo(info => info with
    {
        Services =
        [
            new Service { Proto = ServiceProtocols.PeerApi4, Port = port },
            new Service { Proto = ServiceProtocols.PeerApi6, Port = port },
            new Service { Proto = ServiceProtocols.PeerApiDnsProxy, Port = 1 },
        ],
    });
}
