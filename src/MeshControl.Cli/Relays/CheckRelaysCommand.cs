using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Output;
using MeshControl.Server;

namespace MeshControl.Cli.Relays;

/// <summary>
/// <c>meshctl derp check</c>. Knows the server's assembly, because it has to reach relays by the rules that the server's own relay
/// connections go by. It reaches them from where it runs: that is where a client could be.
/// </summary>
internal static class CheckRelaysCommand
{
    public static Command Build(CommandRunner runner)
    {
        var region = new Argument<string?>("REGION")
        {
            Description = "Only this region: its number or its code.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(
            "check", "Reach every relay as a client would, from here: TLS, relay protocol, STUN; exit status 0 when all can be used.")
        {
            region,
        };
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var map = await client.GetDerpMapAsync(cancellationToken);
            var wanted = context.Arguments.GetValue(region);
            var regions = map.Regions.Where(one => wanted is null || IsNamed(one, wanted)).ToList();
            if (regions.Count == 0)
            {
                return context.Output.Failed(wanted is null
                    ? new CliError(ExitCodes.Failure, "There is no relay in the map: clients do not come up.")
                    : new CliError(ExitCodes.NotFound, $"There is no region {wanted}; meshctl derp list shows those that there are."));
            }

            var reports = await RelayCheck.RunAsync([.. regions.Select(RelayMapReader.Read)], context.Host.Time, cancellationToken);
            context.Output.List(reports, Columns(context.Now), ToJson);
            if (context.Output.IsText)
            {
                foreach (var report in reports)
                {
                    Say(context, report, "Error", report.Errors);
                    Say(context, report, "Warning", report.Warnings);
                }

                if (map.Regions.Count == 1)
                {
                    context.Host.Error.WriteLine(
                        "Note: There is one region. While it is away, clients that have no direct path do not reach each other; "
                        + "and with a second one, at another address, they learn more about the NAT before them.");
                }
            }

            return reports.All(report => report.IsUsable) ? ExitCodes.Ok : ExitCodes.Failure;
        });
        return command;
    }

    private static bool IsNamed(DerpRegion region, string name) =>
        region.Id.ToString(CultureInfo.InvariantCulture) == name || region.Code.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static void Say(CommandContext context, RelayReport report, string kind, IReadOnlyList<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            context.Host.Error.WriteLine(TerminalText.Clean(
                string.Create(CultureInfo.InvariantCulture, $"{kind}: region {report.Region}, node {report.Node}: {sentence}")));
        }
    }

    private static IReadOnlyList<Column<RelayReport>> Columns(DateTimeOffset now) =>
    [
        new("Region", report => report.Region.ToString(CultureInfo.InvariantCulture)),
        new("Node", report => report.Node),
        new("Usable", report => report.IsUsable ? new Cell("yes", Tint.Good) : new Cell("no", Tint.Bad)),
        new("Connect", report => Show(report.Connect), Rank: 2),
        new("HTTPS", report => Show(report.Https), Rank: 1),
        new("STUN v4", report => Show(report.StunV4)),
        new("STUN v6", report => Show(report.StunV6)),
        new("Port 80", report => report.Port80 switch { true => "yes", false => "no", null => TimeText.None }, Rank: 4),
        new(
            "Certificate until",
            report => report.CertificateEnd is { } end ? TimeText.ShowEnd(Timestamp.FromDateTimeOffset(end), now) : TimeText.None,
            Rank: 3),
    ];

    private static Cell Show(TimeSpan? time) =>
        time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0.0} ms") : TimeText.None;

    private static JsonObject ToJson(RelayReport report) => new()
    {
        ["region"] = report.Region,
        ["node"] = report.Node,
        ["usable"] = report.IsUsable,
        ["connect_seconds"] = report.Connect?.TotalSeconds,
        ["https_seconds"] = report.Https?.TotalSeconds,
        ["stun_v4_seconds"] = report.StunV4?.TotalSeconds,
        ["stun_v6_seconds"] = report.StunV6?.TotalSeconds,
        ["port80"] = report.Port80,
        ["certificate_end"] = TimeText.ToJson(report.CertificateEnd is { } end ? Timestamp.FromDateTimeOffset(end) : null),
        ["key"] = report.Key,
        ["errors"] = new JsonArray([.. report.Errors.Select(sentence => JsonValue.Create(sentence))]),
        ["warnings"] = new JsonArray([.. report.Warnings.Select(sentence => JsonValue.Create(sentence))]),
    };
}
