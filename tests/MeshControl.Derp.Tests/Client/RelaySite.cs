using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Client;

namespace MeshControl.Derp.Tests.Client;

/// <summary>A machine that a client takes for a relay's: each connection runs a script of the test, after TLS if it has any.</summary>
internal sealed class RelaySite : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _connections;

    private RelaySite(SslServerAuthenticationOptions? tls, Func<Stream, CancellationToken, Task> script, int port = 0)
    {
        HasTls = tls is not null;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync(tls, script);
    }

    /// <summary>How many there were.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public bool HasTls { get; }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>As a node of a DERP map has it: a name, and where that is.</summary>
    public RelayEndpoint Endpoint => new(RelayCertificates.Host, Address.Port) { Addresses = [IPAddress.Loopback] };

    /// <summary>Says nothing after TLS.</summary>
    public static RelaySite Tls(X509Certificate2 certificate) => Tls(SslStreamCertificateContext.Create(certificate, [], offline: true));

    public static RelaySite Tls(
        SslStreamCertificateContext context, SslProtocols protocols = SslProtocols.None, Func<Stream, CancellationToken, Task>? script = null) =>
        new(new SslServerAuthenticationOptions { ServerCertificateContext = context, EnabledSslProtocols = protocols }, script ?? WaitAsync);

    public static RelaySite Plain(Func<Stream, CancellationToken, Task>? script = null, int port = 0) => new(null, script ?? WaitAsync, port);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private static async Task WaitAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
            // Until the client leaves.
        }
    }

    private async Task AcceptAsync(SslServerAuthenticationOptions? tls, Func<Stream, CancellationToken, Task> script)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token), tls, script));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket, SslServerAuthenticationOptions? tls, Func<Stream, CancellationToken, Task> script)
    {
        Interlocked.Increment(ref _connections);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (tls is null)
            {
                await script(stream, _stop.Token);
                return;
            }

            await using var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(tls, _stop.Token);
            await script(secured, _stop.Token);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException or SocketException)
        {
            // The client has left, or the test is over.
        }
    }
}
