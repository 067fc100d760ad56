using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core.ApiKeys;
using MeshControl.Server.Admin;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>The listener for administrators.</summary>
public sealed class RemoteAdminListenerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_NotConfigured_ListensNowhere()
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();

        Assert.Null(bench.Server!.RemoteAdminAddress);
        Assert.DoesNotContain(bench.Details.Entries, entry => entry.Text.Contains("over the network", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_AddressInUse_NamesTheKey()
    {
        await using var bench = new ServerBench();
        using var taken = ServerBench.Occupy(out var port);
        Configure(bench, port);

        var message = await bench.FailToStartAsync();

        Assert.StartsWith($"Cannot listen on 127.0.0.1:{port} (grpc_listen_addr): ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/key?v=130")]
    [InlineData("/")]
    public async Task Page_OfThePublicListener_IsNotThere(string path)
    {
        await using var bench = new ServerBench();
        Configure(bench);
        await bench.StartAsync();
        using var client = new HttpClient();
        foreach (var type in new[] { "text/plain", "application/grpc" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{bench.Server!.RemoteAdminAddress}{path}"))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([]) { Headers = { ContentType = new MediaTypeHeaderValue(type) } },
            };

            using var response = await client.SendAsync(request, Token);

            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains("meshctl", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Api_OnThePublicListener_DoesNotAnswerEvenWithAKey()
    {
        await using var bench = new ServerBench();
        bench.Options = bench.Options with { Tls = TestCertificates.Write(bench, "server") };
        await bench.StartAsync();
        using var channel = new RpcChannel(RemoteHandler.Create(new CertificateCheck(acceptsAny: true, null)), bench.Url, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<RpcException>(
            async () => await new AdminClient(channel, await KeyAsync(bench)).GetVersionAsync(Token));

        // It speaks no HTTP/2 to begin with.
        Assert.Equal(RpcStatusCode.Unavailable, exception.Code);
    }

    [Fact]
    public async Task Connections_OneBeyondTheLimit_CostsAStrangerItsPlaceAndNoAdministrator()
    {
        await using var bench = new ServerBench();
        Configure(bench);
        await bench.StartAsync();
        var address = bench.Server!.RemoteAdminAddress!;
        var sockets = new List<Socket>();
        try
        {
            var ends = new List<Task<int>>();
            for (var count = 0; count <= RemoteLimits.MaxConnections; count++)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(address, Token);
                ends.Add(EndAsync(socket));
            }

            var closed = await Task.WhenAny(ends).WaitAsync(Token);
            Assert.Equal(0, await closed);

            Assert.NotEmpty(await VersionAsync(bench, address));
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>0 when the server closes the connection, in whichever way. The server's own greeting does not count.</summary>
    private static async Task<int> EndAsync(Socket socket)
    {
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, Token) is > 0)
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return 0;
        }

        return 0;
    }

    private static async Task<string> VersionAsync(ServerBench bench, IPEndPoint address)
    {
        while (true)
        {
            using var channel = new RpcChannel(
                RemoteHandler.Create(new CertificateCheck(acceptsAny: false, null)), new Uri($"http://{address}"), TimeProvider.System);
            try
            {
                return (await new AdminClient(channel, await KeyAsync(bench)).GetVersionAsync(Token)).Version;
            }
            catch (RpcException exception) when (exception.Code is RpcStatusCode.Unavailable or RpcStatusCode.Internal)
            {
                Token.ThrowIfCancellationRequested();
            }
        }
    }

    private static async Task<RpcCallOptions> KeyAsync(ServerBench bench)
    {
        var key = (await bench.Server!.ControlPlane.Default.ExecuteAsync(new CreateApiKeyCommand(), Token)).Value.Text;
        return new RpcCallOptions { Metadata = new RpcMetadata { { "authorization", $"Bearer {key}" } } };
    }

    private static void Configure(ServerBench bench, int port = 0) =>
        bench.Options = bench.Options with { Grpc = new GrpcOptions { ListenAddr = new ListenAddress(IPAddress.Loopback, port) } };
}
