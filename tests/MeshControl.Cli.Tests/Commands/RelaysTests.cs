using System.Text.Json.Nodes;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class RelaysTests
{
    [Fact]
    public async Task List_Text_ShowsEachRelayAndWhatIsWrong()
    {
        await using var server = await FakeServer.StartAsync();
        server.Relays = Sample.Relays();

        var run = await CliRun.OfAsync(server, "derp", "list");

        Assert.Equal(
            """
            Region │ Code │ Region name │ Node │ Host             │ Addresses              │ Relay    │ STUN     │ Source
            1      │ nyc  │ New York    │ 1a   │ nyc1.example.com │                        │ tcp 443  │ udp 3478 │ https://maps.example/
            1      │ nyc  │ New York    │ 1s   │ nyc2.example.com │                        │ N/A      │ udp 3478 │ https://maps.example/
            999    │ home │ Home        │ 999  │ home.example.com │ 192.0.2.7, 2001:db8::7 │ tcp 8443 │ N/A      │ derp.server

            """,
            run.Out);
        Assert.Equal(
            "Warning: https://maps.example/ cannot be used: it answers 404. In the map is what it said on 2026-08-01 10:00:00 UTC.\n", run.Error);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task List_NoRelay_WarnsThatClientsDoNotComeUp()
    {
        await using var server = await FakeServer.StartAsync();

        var run = await CliRun.OfAsync(server, "relays", "ls");

        Assert.Contains("clients do not come up", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("json-line")]
    public async Task List_Json_HasRegionsAndSources(string format)
    {
        await using var server = await FakeServer.StartAsync();
        server.Relays = Sample.Relays();

        var run = await CliRun.OfAsync(server, "derp", "list", "-o", format);

        var map = JsonNode.Parse(run.Out)!;
        Assert.Equal(["regions", "sources"], map.AsObject().Select(member => member.Key));
        Assert.Equal(
            ["id", "code", "name", "no_measure_no_home", "source", "nodes"], map["regions"]![0]!.AsObject().Select(member => member.Key));
        Assert.Equal(
            [
                "name", "host_name", "cert_name", "ipv4", "ipv6", "derp_port", "stun_port", "stun_only", "can_port80", "insecure_for_tests",
            ],
            map["regions"]![0]!["nodes"]![0]!.AsObject().Select(member => member.Key));
        Assert.Equal("2026-08-01T10:00:00Z", map["sources"]![0]!["read_at"]!.GetValue<string>());
        Assert.Equal(("url", "own_relay"), (map["sources"]![0]!["kind"]!.GetValue<string>(), map["sources"]![1]!["kind"]!.GetValue<string>()));
        Assert.Empty(run.Error);
    }
}
