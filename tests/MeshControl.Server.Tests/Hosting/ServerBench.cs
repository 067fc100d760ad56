using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Tests.Rpc;
using MeshControl.Testing.Channels;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>A whole server in this process on a port of its own, with its files in a directory of its own.</summary>
internal sealed class ServerBench : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mesh");

    public ServerBench()
    {
        var paths = new DefaultPaths(InDirectory("config.yaml"), InDirectory("data"), InDirectory("s"));
        var options = ServerOptions.CreateDefault(paths);
        Options = options with
        {
            ListenAddr = [new ListenAddress(IPAddress.Loopback, 0)],

            // Its port is fixed by default, and processes with tests run beside each other.
            Derp = options.Derp with { Server = options.Derp.Server with { StunListenAddr = [new ListenAddress(IPAddress.Loopback, 0)] } },
        };
    }

    public ServerOptions Options { get; set; }

    /// <summary>Warnings and errors of all servers of this bench.</summary>
    public LogCollector Log { get; } = new();

    /// <summary>What they logged besides, down to level information.</summary>
    public LogCollector Details { get; } = new(LogLevel.Information);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public MeshServer? Server { get; private set; }

    public Uri Url => new($"{(Options.Tls.IsEnabled ? "https" : "http")}://127.0.0.1:{Server!.Address.Port}");

    public ControlEndpoint Endpoint => new() { Url = Url, AcceptsAnyCertificate = Options.Tls.IsEnabled };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A port that something else listens on.</summary>
    public static Socket Occupy(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    public string InDirectory(string name) => Path.Combine(_directory.FullName, name);

    public async Task StartAsync() =>
        Server = await MeshServer.StartAsync(
            new MeshServerOptions(Options) { Time = Time, Logging = logging => logging.AddProvider(Log).AddProvider(Details) }, Token);

    /// <summary>Why the server does not start, which must be one line.</summary>
    public async Task<string> FailToStartAsync()
    {
        var exception = await Assert.ThrowsAsync<StartupException>(StartAsync);
        Assert.DoesNotContain('\n', exception.Message);
        return exception.Message;
    }

    public async Task StopAsync()
    {
        if (Server is { } server)
        {
            Server = null;
            await server.DisposeAsync();
        }
    }

    /// <summary>Asks beside channels.</summary>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.Subject == TestCertificates.Subject;
        using var http = new HttpClient(handler);
        using var response = await http.GetAsync(new Uri(Url, path), Token);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    public async Task<MachinePublicKey> GetServerKeyAsync()
    {
        var (status, body) = await GetAsync("/key?v=138");
        Assert.Equal(HttpStatusCode.OK, status);
        return ControlJson.Parse<ServerKeyResponse>(System.Text.Encoding.UTF8.GetBytes(body)).PublicKey;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Delete(recursive: true);
    }
}
