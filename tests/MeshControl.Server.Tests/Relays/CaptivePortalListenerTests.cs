using System.Net;
using System.Net.Sockets;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;
using MeshControl.Server.Tests.Hosting;

namespace MeshControl.Server.Tests.Relays;

/// <summary>The listener for captive portals: for everybody, and not for all the connections there are.</summary>
public sealed class CaptivePortalListenerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_OneMoreThanMayBe_ClosesTheOldestAndIsServed()
    {
        await using var bench = new ServerBench();
        var relay = bench.Options.Derp.Server with { HttpListenAddr = new ListenAddress(IPAddress.Loopback, 0) };
        bench.Options = bench.Options with { Derp = bench.Options.Derp with { Server = relay } };
        await bench.StartAsync();
        List<Socket> sockets = [];
        for (var i = 0; i <= KestrelLimits.MaxCaptivePortalConnections; i++)
        {
            sockets.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
            await sockets[i].ConnectAsync(bench.Server!.CaptivePortalAddress!, Token);
        }

        Assert.Equal(0, await await Task.WhenAny(sockets.Select(socket => EndAsync(socket))));
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://{bench.Server!.CaptivePortalAddress}/generate_204"), Token);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        sockets.ForEach(socket => socket.Dispose());
    }

    private static async Task<int> EndAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Token);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
