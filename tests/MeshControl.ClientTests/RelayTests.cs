using System.Security.Cryptography;
using System.Text.Json;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>Clients that cannot reach each other, by the server's own relay; the server is configured no further.</summary>
public sealed class RelayTests
{
    private const string Code = "meshcontrol";
    private const string ByRelay = $"DERP({Code})";
    private const int RegionId = 999;
    private const int StreamLength = 4 * 1024 * 1024;
    private const int FileLength = 3 * 1024 * 1024;

    private static readonly NetworkPlan Plan = new() { Relays = "", IsIsolated = true };

    private static readonly NetworkPlan OverTls = Plan with { Url = new Uri($"https://{HostLab.ServerAddress}:8443") };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Newest => ClientPrograms.SupportedVersions[^1];

    [Fact]
    [Trait("Acceptance", "TestDERPServerScenario")]
    public Task Isolated_AllVersions_PingCopyAndStreamByTheRelay() => PingCopyAndStreamAsync(OverTls, ClientPrograms.SupportedVersions);

    // No certificate, no relay in the configuration: clients know the relay by the hash of a certificate that it made itself.
    [Fact]
    public Task ZeroConfiguration_ClientsThatKnowPins_PingCopyAndStreamByTheRelay() =>
        PingCopyAndStreamAsync(Plan, ClientPrograms.VersionsWithPins);

    [Fact]
    public async Task ZeroConfiguration_ClientThatKnowsNoPins_JoinsAndIsReachedDirectlyAlone()
    {
        var old = ClientPrograms.SupportedVersions[0];
        Assert.DoesNotContain(old, ClientPrograms.VersionsWithPins);
        await using var network = await MeshNetwork.StartJoinedAsync(Plan with { IsIsolated = false }, old, Newest);

        await Eventually.GetAsync(
            "the client to say that it does not reach the relay",
            network.Clients[0].StatusAsync,
            status => status.Health.Any(problem => problem.Contains("relay", StringComparison.OrdinalIgnoreCase)));
        foreach (var (from, to) in Pairs(network))
        {
            Assert.StartsWith("10.99.", await PathAsync(from, to), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Diagnosis_OfOneClient_FindsNoFault()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(Plan, Newest);
        var client = network.Clients[0];

        var report = await Eventually.GetAsync(
            "netcheck to name the relay", token => NetcheckAsync(client, token), report => report.GetProperty("PreferredDERP").GetInt32() == RegionId);
        Assert.True(report.GetProperty("UDP").GetBoolean());
        Assert.StartsWith("10.99.0.2:", report.GetProperty("GlobalV4").GetString(), StringComparison.Ordinal);
        Assert.InRange(report.GetProperty("RegionLatency").GetProperty("999").GetInt64(), 1, 1_000_000_000);
        var text = (await client.RunOnHostAsync(Token, "netcheck")).OrThrow().Output;
        Assert.Contains("Nearest DERP: MeshControl", text, StringComparison.Ordinal);

        var result = (await client.RunAsync(Token, "debug", "derp", "999")).OrThrow();
        using var diagnosis = JsonDocument.Parse(result.Output);
        var errors = diagnosis.RootElement.GetProperty("Errors");
        // A relay without an IPv6 address shows this, whatever its map says.
        Assert.All(
            errors.ValueKind == JsonValueKind.Null ? [] : errors.EnumerateArray().Select(error => error.GetString()!),
            error => Assert.Contains("IPv6", error, StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(result.Output);
    }

    [Fact]
    [Trait("Acceptance", "TestDERPServerWebsocketScenario")]
    public async Task WebSocket_Clients_ReachEachOtherByTheRelay()
    {
        var plan = OverTls with { Environment = new Dictionary<string, string> { ["TS_DEBUG_DERP_WS_CLIENT"] = "1" } };
        await using var network = await MeshNetwork.StartJoinedAsync(plan, Newest, Newest);
        foreach (var client in network.Clients)
        {
            Assert.Contains($"websocket: connected to {plan.Url}derp", client.Log, StringComparison.Ordinal);
        }

        foreach (var (from, to) in Pairs(network))
        {
            await ReachesByRelayAsync(from, to);
            await using var stream = await network.OpenStreamAsync(from, to);
            await stream.EchoAsync(StreamLength, Token);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_ServerUnderTraffic_TheStreamGoesOn(bool kill)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(OverTls, ClientPrograms.SupportedVersions[0], Newest);
        var (from, to) = (network.Clients[0], network.Clients[1]);
        await ReachesByRelayAsync(from, to);
        await using var stream = await network.OpenStreamAsync(from, to);
        await stream.EchoAsync(StreamLength, Token);

        using var isBack = new CancellationTokenSource();
        var traffic = stream.EchoPiecesAsync(isBack.Token, Token);
        await (kill ? network.Server.KillAsync() : network.Server.StopAsync());
        Assert.False(traffic.IsCompleted);
        await network.Server.StartAsync();
        await ReachesByRelayAsync(from, to);
        await isBack.CancelAsync();

        await traffic;
        await stream.EchoAsync(StreamLength, Token);
        await ReachesByRelayAsync(to, from);
    }

    [Fact]
    public async Task Delete_Node_LosesTheRelay()
    {
        await using var network = await MeshNetwork.StartJoinedAsync(Plan, Newest, Newest);
        var (kept, deleted) = (network.Clients[0], network.Clients[1]);
        await ReachesByRelayAsync(kept, deleted);
        var row = await network.RowAsync(deleted);

        // It does not leave by itself, as a client does that is told.
        deleted.Freeze();
        await network.Meshctl.DeleteNodeAsync(row.Id, Token);

        await Eventually.GetAsync(
            "the relay to close the connection",
            _ => Task.FromResult(network.Server.Log),
            log => log.Contains($"Relay client {row.NodeKey} disconnected", StringComparison.Ordinal));
    }

    private static async Task PingCopyAndStreamAsync(NetworkPlan plan, IReadOnlyList<string> versions)
    {
        await using var network = await MeshNetwork.StartJoinedAsync(plan, versions);

        foreach (var (from, to) in Pairs(network))
        {
            await ReachesByRelayAsync(from, to);
        }

        foreach (var (from, to) in Pairs(network))
        {
            var status = await from.StatusAsync(Token);
            Assert.Equal((Code, ""), (status.Peer(to.Name)!.Relay, status.Peer(to.Name)!.CurrentAddress));
            Assert.DoesNotContain(status.Health, problem => problem.Contains("relay", StringComparison.OrdinalIgnoreCase));
            await using var stream = await network.OpenStreamAsync(from, to);
            await stream.EchoAsync(StreamLength, Token);
        }

        foreach (var (from, to) in Pairs(network))
        {
            await CopyAsync(from, to);
        }
    }

    private static IEnumerable<(RealClient From, RealClient To)> Pairs(MeshNetwork network) =>
        network.Clients.SelectMany(from => network.Clients.Where(to => to != from).Select(to => (from, to)));

    private static async Task ReachesByRelayAsync(RealClient from, RealClient to) => Assert.Equal(ByRelay, await PathAsync(from, to));

    private static async Task<string> PathAsync(RealClient from, RealClient to)
    {
        var address = (await from.StatusAsync(Token)).Peer(to.Name)!.Addresses[0];
        var path = await Eventually.GetAsync(
            $"a ping from {from.Name} to {to.Name}", token => from.PathAsync(address, token), path => path is not null, Eventually.AfterReconnect);
        return path!;
    }

    private static async Task CopyAsync(RealClient from, RealClient to)
    {
        var name = $"from-{from.Name}";
        var file = Path.Combine(from.Files, name);
        var bytes = RandomNumberGenerator.GetBytes(FileLength);
        await File.WriteAllBytesAsync(file, bytes, Token);
        (await from.RunAsync(Token, "file", "cp", file, $"{to.Name}:")).OrThrow();
        var inbox = Directory.CreateDirectory(Path.Combine(to.Files, "inbox")).FullName;
        await Eventually.HoldsAsync($"{to.Name} to have the file of {from.Name}", async token =>
        {
            await to.RunAsync(token, "file", "get", "--conflict=overwrite", inbox);
            var arrived = Path.Combine(inbox, name);
            return File.Exists(arrived) && (await File.ReadAllBytesAsync(arrived, token)).SequenceEqual(bytes);
        });
    }

    private static async Task<JsonElement> NetcheckAsync(RealClient client, CancellationToken cancellationToken)
    {
        var text = (await client.RunOnHostAsync(cancellationToken, "netcheck", "--format=json-line")).OrThrow().Output;
        return JsonDocument.Parse(text).RootElement;
    }
}
