using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps;

/// <summary>The part of a Hostinfo that peers are shown. What else a client says changes nothing for them, and costs them nothing.</summary>
internal static class PeerHostinfo
{
    /// <summary>What peers use of a Hostinfo; above all the ports of the peer API, without which file transfer and more fail.</summary>
    public static Hostinfo Of(Hostinfo hostinfo) => new()
    {
        Os = hostinfo.Os,
        Hostname = hostinfo.Hostname,
        Services = hostinfo.Services,
        RoutableIps = hostinfo.RoutableIps,
        ShieldsUp = hostinfo.ShieldsUp,
        ShareeNode = hostinfo.ShareeNode,
        Location = hostinfo.Location,
        SshHostKeys = hostinfo.SshHostKeys,
        AppConnector = hostinfo.AppConnector,
        PeerRelay = hostinfo.PeerRelay,
        Userspace = hostinfo.Userspace,
    };
}
