using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Tests.Configuration;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>The page, its documentation and the dashboard tell of the same numbers.</summary>
public sealed partial class MetricsReferenceTests
{
    private const string MeshKey = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Documentation_HasARowForEverySeriesAndNoOther()
    {
        var types = Types(await GetPageAsync());
        var rows = Row().Matches(Reference.RepositoryFile("docs/operations/metrics.md"));

        Assert.Equal(types.Keys.Order(StringComparer.Ordinal), rows.Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Equal(
            types.Where(type => type.Value == "histogram").Select(type => type.Key).Order(StringComparer.Ordinal),
            rows.Where(row => row.Groups[2].Success).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Documentation_NamesInExpressionsAndText_AreThere()
    {
        var known = Known(Types(await GetPageAsync()));
        var named = Name().Matches(Reference.RepositoryFile("docs/operations/metrics.md")).Select(match => match.Value);

        Assert.Equal([], named.Where(name => !known.Contains(name)));
    }

    [Fact]
    public async Task Dashboard_Expressions_NameWhatIsThereAndChooseTheInstance()
    {
        var known = Known(Types(await GetPageAsync()));
        using var dashboard = JsonDocument.Parse(Reference.RepositoryFile("deploy/grafana/meshcontrol.json"));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var expressions = panels
            .Where(panel => panel.GetProperty("type").GetString() != "row")
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToList();
        var variables = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().ToList();

        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(["datasource", "instance"], variables.Select(variable => variable.GetProperty("name").GetString()));
        var query = variables[1].GetProperty("definition").GetString()!;
        Assert.All(
            expressions,
            expression => Assert.Equal(Name().Count(expression), Selector().Count(expression)));
        Assert.All(expressions.Append(query), expression => Assert.NotEmpty(Name().Matches(expression)));
        var named = expressions.Append(query).SelectMany(text => Name().Matches(text)).Select(match => match.Value);
        Assert.Equal([], named.Where(name => !known.Contains(name)));
    }

    [Fact]
    public async Task Page_AskedForOpenMetrics_IsThat()
    {
        await using var bench = await StartAsync();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Accept", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.2");

        using var answer = await http.GetAsync(new Uri($"http://{bench.Server!.MetricsAddress}/metrics"), Token);

        var page = await answer.Content.ReadAsStringAsync(Token);
        Assert.Equal(
            MediaTypeHeaderValue.Parse("application/openmetrics-text; version=1.0.0; charset=utf-8"), answer.Content.Headers.ContentType);
        Assert.EndsWith("\n# EOF\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Types(page), type => type.Key.EndsWith("_total", StringComparison.Ordinal));
        Assert.Contains("# TYPE meshcontrol_commands counter\n", page, StringComparison.Ordinal);
    }

    /// <summary>Every name that stands in front of a number.</summary>
    private static HashSet<string> Known(Dictionary<string, string> types) =>
    [
        .. types.SelectMany(type => type.Value == "histogram" ? Suffixes.Select(suffix => type.Key + suffix).Append(type.Key) : [type.Key]),
    ];

    private static Dictionary<string, string> Types(string page) =>
        TypeLine().Matches(page).ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value);

    private static async Task<string> GetPageAsync()
    {
        await using var bench = await StartAsync();
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"http://{bench.Server!.MetricsAddress}/metrics"), Token);
    }

    /// <summary>A server with everything that has numbers: a relay, too, in a region with another one.</summary>
    private static async Task<ServerBench> StartAsync()
    {
        var bench = new ServerBench();
        var derp = bench.Options.Derp;
        bench.Options = bench.Options with
        {
            MetricsListenAddr = new ListenAddress(IPAddress.Loopback, 0),
            Derp = derp with { Server = derp.Server with { MeshKey = new Secret(MeshKey), MeshWith = ["127.0.0.1:1"] } },
        };
        await bench.StartAsync();
        return bench;
    }

    [GeneratedRegex("^# TYPE ([a-z0-9_]+) ([a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^\| `([a-z0-9_]+)(?:\{[a-z_,]+\})?`( \*h\*)? \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\{instance=~""\$instance""")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(?:meshcontrol|process|dotnet)_[a-z0-9_]+")]
    private static partial Regex Name();
}
