using System.Net;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Relays;

/// <summary>The names that clients are told who cannot look them up: the server's own, and those of the relays.</summary>
internal static class BootstrapNames
{
    public static IEnumerable<BootstrapHost> Of(ServerOptions options, DerpMap map)
    {
        var own = options.ServerUrl.IdnHost.Trim('[', ']');
        return IPAddress.TryParse(own, out _) ? BootstrapHost.Of(map) : BootstrapHost.Of(map).Prepend(new BootstrapHost(own, []));
    }
}
