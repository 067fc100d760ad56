using System.Globalization;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Check;

/// <summary>What helps when a relay cannot be used.</summary>
internal static class RelayRemedies
{
    public static string For(RelayFault fault, DerpNode node)
    {
        var port = (node.DerpPort == 0 ? RelayEndpoint.DefaultPort : node.DerpPort).ToString(CultureInfo.InvariantCulture);
        return fault switch
        {
            RelayFault.NameUnknown => "Add the name to DNS, or write the addresses into ipv4 and ipv6.",
            RelayFault.Refused => $"See that the relay runs and listens on TCP {port}; another port belongs into derpport.",
            RelayFault.Unreachable or RelayFault.TimedOut => $"Let TCP {port} pass firewalls and routers on the way to the relay.",
            RelayFault.Tls => $"See that TCP {port} is the port of the relay's TLS, and that no proxy on the way ends it.",
            RelayFault.Certificate =>
                "Give the relay a certificate for its name from an authority that systems trust, or write its hash as certname: sha256-raw:….",
            RelayFault.NotARelay => "Let /derp reach the relay with its Upgrade header; a reverse proxy has to pass it on, over HTTP/1.1.",
            _ => "Look at the relay's log, and update it if it is old.",
        };
    }
}
