using System.Text.Json;
using System.Text.RegularExpressions;
using MeshControl.FunctionalTests.Support;
using MeshControl.LoadTest;
using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Scenarios;
using MeshControl.Protocol.Control;

namespace MeshControl.FunctionalTests.Load;

/// <summary>The load generator, small: that it measures, and that its oracle is one.</summary>
public sealed class LoadProgramTests : IDisposable
{
    private const int NodeCount = 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-load-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Run_AllScenarios_MeasuresAndAgrees()
    {
        await using var server = await TestServer.StartAsync();
        var file = Path.Combine(_directory.FullName, "figures.json");
        string[] arguments =
        [
            "--login-server", server.Url.ToString(), "--authkey", await server.CreateUserWithKeyAsync("load"),
            "--nodes", $"{NodeCount}", "--changes=5", "--seconds=2", "--seed=7", "--server-pid", $"{Environment.ProcessId}", "--json", file,
        ];

        var (status, output, errors) = await RunAsync(arguments);

        Assert.True(status == LoadProgram.Success, output + errors);
        Assert.Equal("", errors);
        Assert.StartsWith("seed 7\n", output);
        Assert.Equal(7, output.Split("oracle: every node believes what the server says").Length - 1);
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(file, Token));
        var scenarios = json.RootElement.GetProperty("scenarios").EnumerateArray().ToList();
        Assert.Equal(["join", "late", "change", "churn", "storm", "idle", "mixed"], scenarios.Select(scenario => scenario.GetProperty("phase").GetString()));
        Assert.All(scenarios, scenario => Assert.True(scenario.GetProperty("done").GetBoolean()));
        Assert.Equal(NodeCount, scenarios[0].GetProperty("register_ms").GetProperty("n").GetInt32());
        Assert.Equal(NodeCount, scenarios[0].GetProperty("first_map_ms").GetProperty("n").GetInt32());
        Assert.Equal(5, scenarios[1].GetProperty("up_ms").GetProperty("n").GetInt32());
        Assert.Equal(5 * (NodeCount + 4), scenarios[2].GetProperty("seen_ms").GetProperty("n").GetInt32());
        Assert.True(scenarios[3].GetProperty("changes").GetInt32() > 0);
        Assert.Equal(NodeCount + 5, scenarios[4].GetProperty("first_map_ms").GetProperty("n").GetInt32());
        Assert.True(scenarios[5].TryGetProperty("server_cpu_percent", out _));
        Assert.True(scenarios[6].GetProperty("events").GetInt32() > 0);
        Assert.All(scenarios, scenario => Assert.True(scenario.GetProperty("server_rss_mb").GetDouble() > 0));
    }

    [Fact]
    public async Task Run_NodeWithAWrongBelief_IsFound()
    {
        await using var server = await TestServer.StartAsync();
        var options = new LoadOptions
        {
            LoginServer = server.Url,
            AuthKeys = [await server.CreateUserWithKeyAsync("load")],
            Nodes = 4,
            ExpectedPeers = 3,
            Scenarios = ["storm"],
            OraclePatience = TimeSpan.FromSeconds(0.1),
            EditMessages = number => number == 2 ? WithAnotherHome : null,
        };
        using var output = new StringWriter();

        var status = await LoadProgram.RunAsync(options, output, Token);

        Assert.Equal(LoadProgram.Failure, status);
        Assert.Equal(2, output.ToString().Split("oracle: 1 of 4 nodes believe something else than the server says").Length - 1);
        Assert.Matches(@"load-2 believes in peer load-\d with HomeDerp 901\s+instead of 900", output.ToString());
        Assert.DoesNotContain("load-1 believes", output.ToString());
    }

    [Fact]
    public async Task Run_ChangeThatNeverArrives_IsNotDone()
    {
        await using var server = await TestServer.StartAsync();
        var options = new LoadOptions
        {
            LoginServer = server.Url,
            AuthKeys = [await server.CreateUserWithKeyAsync("load")],
            Nodes = 3,
            ExpectedPeers = 2,
            Scenarios = ["change"],
            Limit = TimeSpan.FromSeconds(3),
            EditMessages = number => number == 2 ? message => message with { PeersChangedPatch = null } : null,
        };
        using var output = new StringWriter();

        var status = await LoadProgram.RunAsync(options, output, Token);

        Assert.Equal(LoadProgram.Failure, status);
        Assert.Contains("change, 3 nodes: NOT DONE", output.ToString());
        Assert.Contains("1 of 2 nodes have not seen load-0 at 198.18.0.0:41642", output.ToString());
    }

    [Fact]
    public async Task Run_KeyThatIsRefused_SaysSoOnce()
    {
        await using var server = await TestServer.StartAsync();

        var (status, _, errors) = await RunAsync(["--login-server", server.Url.ToString(), "--authkey", "nonsense", "--nodes", "2"]);

        Assert.Equal(LoadProgram.Failure, status);
        Assert.Matches("^The server does not let load-[01] in: [^\n]+\n$", errors);
    }

    [Fact]
    public async Task Run_NobodyListens_SaysSoOnce()
    {
        Uri url;
        await using (var server = await TestServer.StartAsync())
        {
            url = server.Url;
        }

        var (status, _, errors) = await RunAsync(["--login-server", url.ToString(), "--authkey", "any"]);

        Assert.Equal(LoadProgram.Failure, status);
        Assert.Matches($"^{url} does not answer as a login server: [^\n]+\n$", errors);
    }

    [Theory]
    [InlineData("Say which server with --login-server URL; see --help.")]
    [InlineData("Say how nodes log in with --authkey KEY; see --help.", "--login-server", "http://a")]
    [InlineData("--login-server 'a' is no URL such as http://127.0.0.1:8080.", "--login-server", "a")]
    [InlineData("--nodes needs a value.", "--nodes")]
    [InlineData("--nodes '1' is not a number from 2 to 20000.", "--nodes", "1")]
    [InlineData("--nodes '20001' is not a number from 2 to 20000.", "--nodes=20001")]
    [InlineData("--changes '10001' is not a number from 1 to 10000.", "--changes=10001")]
    [InlineData("--expect '-1' is not a number of at least 0.", "--expect", "-1")]
    [InlineData("--authkeys 'nowhere' cannot be read: *", "--login-server", "http://a", "--authkeys", "nowhere")]
    [InlineData("Scenario policy needs --set-policy CMD, *.", "--login-server", "http://a", "--authkey", "k", "--scenario", "policy")]
    [InlineData("--limit 'soon' is not a number from 1 to 86400.", "--limit", "soon")]
    [InlineData("There is no scenario 'rain'; there are join, late, change, churn, policy, storm, idle, mixed and all.", "--scenario", "join,rain")]
    [InlineData("There is no option --node; see --help.", "--node", "3")]
    [InlineData("'300' is no option; see --help.", "300")]
    [InlineData("--nodes is given twice.", "--nodes=3", "--nodes=4")]
    public async Task Run_BadArguments_AreOneSentence(string sentence, params string[] arguments)
    {
        var (status, output, errors) = await RunAsync(arguments);
        Assert.Equal((LoadProgram.Misuse, ""), (status, output));
        Assert.Matches($"^{Regex.Escape(sentence).Replace(@"\*", "[^\n]+", StringComparison.Ordinal)}\n$", errors);
    }

    [Fact]
    public async Task Run_Help_NamesEveryScenario()
    {
        var (status, output, _) = await RunAsync(["--nodes", "x", "--help"]);
        Assert.Equal(LoadProgram.Success, status);
        Assert.All(Scenario.All.Select(scenario => $"  {scenario.Name} ").Concat(["--login-server", "--authkey"]), part => Assert.Contains(part, output));
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(IReadOnlyList<string> arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var status = await LoadProgram.RunAsync(arguments, output, errors, Token);
        return (status, output.ToString(), errors.ToString());
    }

    private static MapResponse WithAnotherHome(MapResponse message)
    {
        static WireList<MapNode>? Edit(WireList<MapNode>? peers) =>
            peers is null ? null : WireList.CopyOf(peers.Select(peer => peer with { HomeDerp = 901 }));

        return message with { Peers = Edit(message.Peers), PeersChanged = Edit(message.PeersChanged) };
    }
}
