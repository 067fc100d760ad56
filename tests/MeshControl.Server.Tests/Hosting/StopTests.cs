using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Peers;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>A stop ends whatever peers keep open, at every stage.</summary>
public sealed class StopTests
{
    // The server waits five seconds for requests; far more is being stuck.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_PeersAtEveryStage_EndsAllAndLogsNothing()
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();
        using var machine = X25519PrivateKey.Generate();
        var key = await bench.GetServerKeyAsync();

        await using var silent = await ScriptedPeer.ConnectAsync(bench.Endpoint, Token);
        await using var halfRequest = await ScriptedPeer.ConnectAsync(bench.Endpoint, Token);
        await halfRequest.SendRawAsync("POST /ts2021 HTTP/1.1\r\nHost: x\r\n", Token);
        await using var noPreface = await ScriptedPeer.ShakeHandsAsync(bench.Endpoint, machine, key, Token);
        await using var idle = new ControlClient(bench.Endpoint, machine, new NodeTraffic());
        using var answer = await idle.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        await using var browser = new ControlClient(bench.Endpoint with { UsesWebSocket = true }, machine, new NodeTraffic());
        using var other = await browser.SendAsync(HttpMethod.Get, "/machine/whoami", body: null, Token);
        await using var halfBody = await ScriptedPeer.ShakeHandsAsync(bench.Endpoint, machine, key, Token);
        await halfBody.StartHttp2Async(Token);
        await halfBody.SendRequestAsync(1, isWhole: false, Request("POST", "/machine/map"), Token);

        await bench.StopAsync().WaitAsync(Patience, Token);

        await silent.ReadToEndAsync(Token);
        await noPreface.ReadToEndAsync(Token);
        await halfBody.ReadToEndAsync(Token);
        Assert.Empty(bench.Log.Entries);
        Assert.False(Path.Exists(bench.Options.UnixSocket.Path));
    }

    private static (string Name, string Value)[] Request(string method, string path) =>
        [(":method", method), (":scheme", "https"), (":authority", "unused"), (":path", path)];
}
