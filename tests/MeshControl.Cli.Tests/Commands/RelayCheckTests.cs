using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Time;

namespace MeshControl.Cli.Tests.Commands;

public sealed class RelayCheckTests
{
    [Fact]
    public async Task Check_RelayThatIsAway_SaysWhyAndWhatToDo()
    {
        await using var server = await FakeServer.StartAsync();
        server.Relays = new GetDerpMapResponse { Regions = { Away(900, "home") } };

        var run = await CliRun.OfAsync(server, "derp", "check");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            """
            Region │ Node │ Usable │ Connect │ HTTPS │ STUN v4 │ STUN v6 │ Port 80 │ Certificate until
            900    │ 900a │ no     │ N/A     │ N/A   │ N/A     │ N/A     │ N/A     │ N/A

            """,
            run.Out);
        var lines = run.Error.Split('\n');
        Assert.Equal(
            "Error: region 900, node 900a: Nobody listens on 127.0.0.1:1. "
            + "See that the relay runs and listens on TCP 1; another port belongs into derpport.",
            lines[0]);
        Assert.StartsWith("Note: There is one region.", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("901")]
    [InlineData("WORK")]
    public async Task Check_OneRegion_AsksThatAlone(string region)
    {
        await using var server = await FakeServer.StartAsync();
        server.Relays = new GetDerpMapResponse { Regions = { Away(900, "home"), Away(901, "work") } };

        var run = await CliRun.OfAsync(server, "derp", "check", region, "-o", "json");

        var report = Assert.Single(JsonNode.Parse(run.Out)!.AsArray())!;
        Assert.Equal((901, "901a", false), (report["region"]!.GetValue<int>(), report["node"]!.GetValue<string>(), report["usable"]!.GetValue<bool>()));
        Assert.Single(report["errors"]!.AsArray());
        Assert.Empty(report["warnings"]!.AsArray());
        Assert.Null(report["connect_seconds"]);
        Assert.Equal((1, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Check_NothingToCheck_IsAFailure()
    {
        await using var server = await FakeServer.StartAsync();

        Assert.Equal(1, (await CliRun.OfAsync(server, "derp", "check")).ExitCode);

        server.Relays = new GetDerpMapResponse { Regions = { Away(900, "home") } };
        var run = await CliRun.OfAsync(server, "derp", "check", "42");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("There is no region 42", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListAndCheck_OwnRelayOfAServerWithoutConfiguration_IsThereAndUsable()
    {
        var port = FreePort();
        await using var server = await RealServer.StartAsync(options => options with
        {
            ListenAddr = [new ListenAddress(IPAddress.Loopback, port)],
            ServerUrl = new Uri($"http://127.0.0.1:{port}"),
            Derp = options.Derp with
            {
                Server = options.Derp.Server with { Enabled = true, StunListenAddr = [new ListenAddress(IPAddress.Loopback, 0)] },
            },
        });

        var list = await server.RunAsync("derp", "list", "-o", "json");

        // Its certificate was made now.
        var run = new CliRun { Time = new ManualTimeProvider(TimeProvider.System.GetUtcNow()) };
        await run.StartAsync("derp", "check", "-o", "json", "--socket", server.Socket);

        var region = Assert.Single(JsonNode.Parse(list.Out)!["regions"]!.AsArray())!;
        Assert.Equal((999, "derp.server"), (region["id"]!.GetValue<int>(), region["source"]!.GetValue<string>()));
        Assert.StartsWith("sha256-raw:", region["nodes"]![0]!["cert_name"]!.GetValue<string>(), StringComparison.Ordinal);
        var report = Assert.Single(JsonNode.Parse(run.Out)!.AsArray())!;
        Assert.Equal(("[]", "[]", "0"), (report["errors"]!.ToJsonString(), report["warnings"]!.ToJsonString(), $"{run.ExitCode}"));
        Assert.True(report["usable"]!.GetValue<bool>());
        Assert.Equal(64, report["key"]!.GetValue<string>().Length);
        Assert.NotNull(report["https_seconds"]);
        Assert.NotNull(report["stun_v4_seconds"]);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>On a port that nobody listens on.</summary>
    private static DerpRegion Away(int id, string code) => new()
    {
        Id = id,
        Code = code,
        Nodes = { new DerpNode { Name = $"{id}a", HostName = "127.0.0.1", Ipv4 = "127.0.0.1", Ipv6 = "none", DerpPort = 1 } },
    };
}
