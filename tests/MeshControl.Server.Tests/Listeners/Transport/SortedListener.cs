using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Http;
using MeshControl.Server.Listeners.Polling;
using MeshControl.Server.Listeners.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MeshControl.Server.Tests.Listeners.Transport;

/// <summary>A public listener as the server has it, with a web server that is the test's.</summary>
internal sealed class SortedListener : IAsyncDisposable
{
    private readonly PublicListenerFactory _factory;
    private readonly ConnectionSorter _sorter;
    private readonly ConnectionDelegate _web;
    private IConnectionListener? _listener;

    private SortedListener(X509Certificate2? certificate, X509Certificate2? stranger, RelayEntry? relay, ConnectionDelegate web)
    {
        _factory = new PublicListenerFactory(
            Options.Create(new SocketTransportOptions()), Memory, TimeProvider.System, NullLoggerFactory.Instance);
        _sorter = new ConnectionSorter(ContextOf(certificate), ContextOf(stranger), relay, isProxy: null, NullLogger.Instance);
        _web = web;
    }

    public static async Task<SortedListener> StartAsync(
        ConnectionDelegate web, X509Certificate2? certificate = null, X509Certificate2? stranger = null, RelayEntry? relay = null)
    {
        var site = new SortedListener(certificate, stranger, relay, web);
        site._listener = await site._factory.BindAsync(new PublicEndPoint(IPAddress.Loopback, 0));
        return site;
    }

    /// <summary>Where its connections get their memory.</summary>
    public CountedMemory Memory { get; } = new();

    public IPEndPoint EndPoint => (IPEndPoint)_listener!.EndPoint;

    /// <summary>Signs for itself, for this name.</summary>
    public static X509Certificate2 CertificateFor(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Connects a client, and serves it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isAborted">Whether somebody ends the connection before anybody looks at it.</param>
    /// <returns>The client's end, and the end of its service.</returns>
    public async Task<(Socket Client, Task Served)> ConnectAsync(CancellationToken cancellationToken, bool isAborted = false)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(_listener!.EndPoint, cancellationToken);
        var connection = await _listener.AcceptAsync(cancellationToken);
        if (isAborted)
        {
            connection!.Abort(new ConnectionAbortedException());
        }

        return (client, ServeAsync(connection!));
    }

    /// <summary>Serves whoever connects next.</summary>
    /// <returns>Whether its service ended on a thread that polls sockets, which is nobody's to end on.</returns>
    public async Task<bool> ServeNextAsync(CancellationToken cancellationToken)
    {
        var connection = await _listener!.AcceptAsync(cancellationToken).ConfigureAwait(false);
        await ServeAsync(connection!).ConfigureAwait(false);
        return PollLoop.IsCurrent;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener!.UnbindAsync();
        Assert.Null(await _listener.AcceptAsync());
        await _listener.DisposeAsync();
        _factory.Dispose();
    }

    private static Func<SslStreamCertificateContext>? ContextOf(X509Certificate2? certificate) =>
        certificate is null ? null : () => SslStreamCertificateContext.Create(certificate, null, offline: true);

    private async Task ServeAsync(ConnectionContext connection)
    {
        try
        {
            await _sorter.ServeAsync(connection, _web).ConfigureAwait(false);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
