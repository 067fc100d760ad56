using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace MeshControl.Server.Tests.Listeners.Transport;

/// <summary>What reaches the web server of a public connection, and what it is told of its peer.</summary>
public sealed class ConnectionSorterTests
{
    private const string Greeting = "GET / HTTP/1.1\r\n\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_PlainConnection_ReachesTheWebServerAsItIs()
    {
        await using var site = await SortedListener.StartAsync(EchoAsync);
        var (client, served) = await site.ConnectAsync(Token);
        using (client)
        {
            Assert.Equal(Greeting, await AskAsync(new NetworkStream(client)));
        }

        await served;
    }

    [Fact]
    public async Task Serve_PlainConnection_TakesItsMemoryFromTheServersPool()
    {
        await using var site = await SortedListener.StartAsync(EchoAsync);
        var (client, served) = await site.ConnectAsync(Token);
        using (client)
        {
            await AskAsync(new NetworkStream(client));
        }

        await served;

        // One block to receive into at least, and one to send from.
        Assert.InRange(site.Memory.Rented, 2, int.MaxValue);
    }

    [Theory]
    [InlineData("h2,http/1.1", "http/1.1")]
    [InlineData("http/1.1", "http/1.1")]
    [InlineData("", "")]
    public async Task Serve_Tls_ReachesTheWebServerWithItsProtocol(string offered, string protocol)
    {
        using var certificate = SortedListener.CertificateFor("server.test");
        await using var site = await SortedListener.StartAsync(
            async connection =>
            {
                Assert.NotNull(connection.Features.Get<ITlsConnectionFeature>());
                var agreed = connection.Features.Get<ITlsApplicationProtocolFeature>()!.ApplicationProtocol;
                Assert.Equal(protocol, Encoding.ASCII.GetString(agreed.Span));
                await EchoAsync(connection);
            },
            certificate);
        var (client, served) = await site.ConnectAsync(Token);

        var (stream, name) = await SecureAsync(client, offered);
        await using (stream)
        {
            Assert.Equal("CN=server.test", name);
            Assert.Equal(Greeting, await AskAsync(stream));
        }

        await served;
    }

    [Fact]
    public async Task Serve_PlainListenerWithACertificateForStrangers_TellsThemByTheirFirstByte()
    {
        using var certificate = SortedListener.CertificateFor("relay.test");
        await using var site = await SortedListener.StartAsync(EchoAsync, stranger: certificate);

        var (plain, servedPlain) = await site.ConnectAsync(Token);
        using (plain)
        {
            Assert.Equal(Greeting, await AskAsync(new NetworkStream(plain)));
        }

        await servedPlain;
        var (secured, servedSecured) = await site.ConnectAsync(Token);
        var (stream, name) = await SecureAsync(secured, "");
        await using (stream)
        {
            Assert.Equal("CN=relay.test", name);
            Assert.Equal(Greeting, await AskAsync(stream));
        }

        await servedSecured;
    }

    [Theory]
    [InlineData("")]
    [InlineData("\x16")]
    [InlineData("\x16\x03\x01\x02")]
    [InlineData("GET /derp HTTP/1.1\r\n")]
    public async Task Serve_PeerThatLeavesBeforeItsFirstRequest_IsForgotten(string sent)
    {
        using var certificate = SortedListener.CertificateFor("server.test");
        await using var site = await SortedListener.StartAsync(_ => throw new InvalidOperationException("There was no request."), certificate);
        var (client, served) = await site.ConnectAsync(Token);

        await client.SendAsync(Encoding.Latin1.GetBytes(sent), Token);
        client.Dispose();

        await served;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Serve_PeerThatLeaves_IsToldByTheReaderAndTroublesNoWriter(bool tls)
    {
        using var certificate = SortedListener.CertificateFor("server.test");
        await using var site = await SortedListener.StartAsync(
            async connection =>
            {
                var gone = new TaskCompletionSource();
                await using var told = connection.ConnectionClosed.Register(gone.SetResult);
                Assert.True(await IsEndedAsync(connection));
                await gone.Task.WaitAsync(Token);
                for (var i = 0; i < 3; i++)
                {
                    connection.Transport.Output.Write(new byte[64 * 1024]);
                    await connection.Transport.Output.FlushAsync(Token);
                }
            },
            tls ? certificate : null);
        var (client, served) = await site.ConnectAsync(Token);

        if (tls)
        {
            await SecureAsync(client, "");
        }

        // A reset, after which writing fails.
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Dispose();

        await served;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abort_BeforeAnybodyLooked_NeverReachesTheWebServer(bool tls)
    {
        using var certificate = SortedListener.CertificateFor("server.test");
        await using var site = await SortedListener.StartAsync(
            _ => throw new InvalidOperationException("The connection was ended."), tls ? certificate : null);

        var (client, served) = await site.ConnectAsync(Token, isAborted: true);

        await served;
        Assert.True(await IsEndedAsync(new NetworkStream(client, ownsSocket: true)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Abort_WhileAReadWaits_EndsItAndTheConnection(bool tls)
    {
        using var certificate = SortedListener.CertificateFor("server.test");
        await using var site = await SortedListener.StartAsync(
            async connection =>
            {
                var ended = IsEndedAsync(connection);
                connection.Abort(new ConnectionAbortedException("The test wants it."));
                Assert.True(await ended);
            },
            tls ? certificate : null);
        var (client, served) = await site.ConnectAsync(Token);
        using (client)
        {
            Stream stream = new NetworkStream(client);
            if (tls)
            {
                (stream, _) = await SecureAsync(client, "");
            }

            await served;
            Assert.True(await IsEndedAsync(stream));
        }
    }

    /// <summary>Answers with what was asked.</summary>
    private static async Task EchoAsync(ConnectionContext connection)
    {
        var read = await connection.Transport.Input.ReadAtLeastAsync(Greeting.Length, Token);
        connection.Transport.Output.Write(read.Buffer.ToArray());
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        await connection.Transport.Output.FlushAsync(Token);
    }

    private static async Task<bool> IsEndedAsync(ConnectionContext connection)
    {
        try
        {
            return (await connection.Transport.Input.ReadAsync(Token)).IsCompleted;
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException)
        {
            return true;
        }
    }

    private static async Task<bool> IsEndedAsync(Stream stream)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<string> AskAsync(Stream stream)
    {
        // In two pieces, of which the first does not tell yet what it is.
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting[..5]), Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting[5..]), Token);
        var answer = new byte[Greeting.Length];
        await stream.ReadExactlyAsync(answer, Token);
        return Encoding.ASCII.GetString(answer);
    }

    private static async Task<(SslStream Stream, string Name)> SecureAsync(Socket client, string protocols)
    {
        var stream = new SslStream(new NetworkStream(client, ownsSocket: true), leaveInnerStreamOpen: false);
        var name = "";
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "server.test",
                ApplicationProtocols = protocols.Length == 0 ? null : [.. protocols.Split(',').Select(name => new SslApplicationProtocol(name))],
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    name = certificate?.Subject ?? "";
                    return name.Length > 0;
                },
            },
            Token);
        return (stream, name);
    }
}
