using System.CommandLine;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Servers;
using MeshControl.Server;

namespace MeshControl.Cli.Relays;

/// <summary>
/// <c>meshctl derp serve</c>: just the relay. Knows the server, of which it is a part; what the flags mean is decided there. Where derper has
/// a flag for the same, its name is taken, too.
/// </summary>
internal static class DerpServeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var addresses = Many("--addr", ["-a"], "Where to listen, with TLS. [default: :443]", "ADDRESS");
        var hostName = One("--hostname", [], "The name or address by which clients reach the relay. Needed.", "NAME");
        var certFile = One("--certfile", [], "Certificate in PEM. Without it the relay makes one, which clients know by its hash.", "FILE");
        var certKeyFile = One("--keyfile", [], "Private key of the certificate.", "FILE");
        var keyFile = One("--key-file", [], "The relay's own key; made on the first start, as its certificate beside it.", "FILE");
        var stun = new Option<bool>("--stun") { Description = "Answer STUN, too.", DefaultValueFactory = _ => true };
        var stunAddresses = Many("--stun-addr", [], "Where to answer STUN, over UDP. [default: the addresses of --addr, port 3478]", "ADDRESS");
        var http = One("--http-addr", [], "Where to answer the check for captive portals, without TLS; usually :80.", "ADDRESS");
        var metrics = One("--metrics-addr", [], "Where Prometheus gets metrics, without TLS.", "ADDRESS");
        var meshKeyFile = One("--mesh-key-file", ["--mesh-psk-file"], "File with the key by which the relays of a region know each other.", "FILE");
        var meshWith = Many("--mesh-with", [], "The other relays of the region: https://name[:port][#sha256-raw:hash].", "RELAY");
        var verifyUrl = One("--verify-url", ["--verify-client-url"], "A control server that says who may use the relay, by its /verify.", "URL");
        var failOpen = new Option<bool>("--verify-fail-open", "--verify-client-url-fail-open")
        {
            Description = "Let everybody in while the control server does not answer. (derper does; this relay does not unless told to.)",
        };
        var regionId = One("--region-id", [], "Region in the DERP map that is printed. [default: 900]", "NUMBER");
        var regionCode = One("--region-code", [], "What clients call the region in short.", "TEXT");
        var regionName = One("--region-name", [], "What clients call the region.", "TEXT");
        var nodeName = One("--node-name", [], "What the map calls this relay. [default: the region and \"a\"]", "TEXT");
        var maxConnections = One("--max-connections", [], "Clients at a time. [default: 16384]", "NUMBER");
        var rate = One("--bytes-per-second", [], "What each client may send. [default: no limit]", "NUMBER");
        var burst = One("--burst-bytes", [], "What each client may send at once after a pause.", "NUMBER");
        var logLevel = One("--log-level", [], "How much is logged. [default: info]", "LEVEL");
        var logFormat = One("--log-format", [], "text or json. [default: text]", "FORMAT");
        var command = new Command(ServeCommand.Name, "Run a relay (DERP) alone, until it is asked to stop (SIGINT or SIGTERM).")
        {
            addresses, hostName, certFile, certKeyFile, keyFile, stun, stunAddresses, http, metrics, meshKeyFile, meshWith, verifyUrl, failOpen,
            regionId, regionCode, regionName, nodeName, maxConnections, rate, burst, logLevel, logFormat,
        };
        runner.Local(command, (context, cancellationToken) =>
        {
            var arguments = context.Arguments;
            var flags = new RelayOnlyFlags
            {
                Addresses = arguments.GetValue(addresses) ?? [],
                HostName = arguments.GetValue(hostName),
                CertFile = arguments.GetValue(certFile),
                CertKeyFile = arguments.GetValue(certKeyFile),
                KeyFile = arguments.GetValue(keyFile),
                Stun = arguments.GetValue(stun),
                StunAddresses = arguments.GetValue(stunAddresses) ?? [],
                HttpAddress = arguments.GetValue(http),
                MetricsAddress = arguments.GetValue(metrics),
                MeshKeyFile = arguments.GetValue(meshKeyFile),
                MeshWith = arguments.GetValue(meshWith) ?? [],
                VerifyUrl = arguments.GetValue(verifyUrl),
                VerifyFailOpen = arguments.GetValue(failOpen),
                RegionId = arguments.GetValue(regionId),
                RegionCode = arguments.GetValue(regionCode),
                RegionName = arguments.GetValue(regionName),
                NodeName = arguments.GetValue(nodeName),
                MaxConnections = arguments.GetValue(maxConnections),
                BytesPerSecond = arguments.GetValue(rate),
                BurstBytes = arguments.GetValue(burst),
                LogLevel = arguments.GetValue(logLevel),
                LogFormat = arguments.GetValue(logFormat),
            };
            return RelayOnlyServer.RunAsync(flags, context.Host.Environment, context.Host.Out, context.Host.Error, cancellationToken);
        });
        return command;
    }

    private static Option<string?> One(string name, string[] aliases, string description, string value) =>
        new(name, aliases) { Description = description, HelpName = value };

    private static Option<string[]?> Many(string name, string[] aliases, string description, string value) =>
        new(name, aliases) { Description = description, HelpName = value };
}
