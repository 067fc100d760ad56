using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Http;
using MeshControl.Server.Listeners.Polling;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace MeshControl.Server.Listeners.Transport;

/// <summary>
/// A public connection before it is known what flows on it. Whoever finds out either uses the socket itself, or makes it a transport for
/// the web server: with <see cref="UsePlain"/> or <see cref="UseTls"/>. It is its own feature object, since there are many.
/// </summary>
internal sealed class PublicConnection : ConnectionContext,
    IConnectionSocketFeature, IConnectionTransportFeature, IConnectionLifetimeFeature, IMemoryPoolFeature, IConnectionIdFeature,
    ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private static long _lastId;

    private readonly SocketConnectionContextFactory _plain;

    /// <summary>Never disposed of: it has neither timer nor handle, and may be about to tell everybody.</summary>
    private readonly CancellationTokenSource _closed = new();
    private IDictionary<object, object?>? _items;
    private string? _id;
    private IDuplexPipe? _transport;

    /// <summary>
    /// Guards the next three: a socket that was closed here must not become a transport of the web server's, which would take its end for a
    /// fault, and whoever waits for it must find out.
    /// </summary>
    private readonly Lock _gate = new();

    private bool _aborted;

    /// <summary>Null when nobody has asked for it.</summary>
    private PolledStream? _polled;

    /// <summary>The web server's own transport, once there is one.</summary>
    private ConnectionContext? _inner;

    public PublicConnection(Socket socket, SocketConnectionContextFactory plain, MemoryPool<byte> pool)
    {
        _plain = plain;
        Socket = socket;
        MemoryPool = pool;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        var features = new FeatureCollection(8);
        features.Set<IConnectionSocketFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionIdFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        Features = features;
    }

    /// <summary>Nothing reads from it or writes to it until somebody does so on purpose.</summary>
    public Socket Socket { get; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>For logs: only those who write one need it.</summary>
    public override string ConnectionId
    {
        get => _id ??= Interlocked.Increment(ref _lastId).ToString("X", CultureInfo.InvariantCulture);
        set => _id = value;
    }

    public override IFeatureCollection Features { get; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override IDuplexPipe Transport
    {
        get => _transport ?? throw new InvalidOperationException("It is not decided yet what flows on this connection.");
        set => _transport = value;
    }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public ReadOnlyMemory<byte> ApplicationProtocol { get; private set; }

    X509Certificate2? ITlsConnectionFeature.ClientCertificate
    {
        get => null;
        set => throw new NotSupportedException("Clients are not asked for certificates.");
    }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
        Task.FromResult<X509Certificate2?>(null);

    /// <summary>The socket's bytes, for whoever finds out what flows on the connection. To be asked for once.</summary>
    /// <exception cref="ConnectionAbortedException">Somebody has ended the connection meanwhile.</exception>
    public PolledStream Poll()
    {
        Debug.Assert(_polled is null, "A socket is polled once.");
        lock (_gate)
        {
            return _polled = _aborted ? throw new ConnectionAbortedException() : new PolledStream(Socket);
        }
    }

    /// <summary>Bare HTTP: the web server's own way of reading a socket does best.</summary>
    /// <exception cref="ConnectionAbortedException">Somebody has ended the connection meanwhile.</exception>
    public void UsePlain()
    {
        Debug.Assert(_transport is null, "A connection has one transport.");
        _polled?.Leave();
        lock (_gate)
        {
            if (_aborted)
            {
                throw new ConnectionAbortedException();
            }

            _inner = _plain.Create(Socket);
        }

        _transport = _inner.Transport;
        ConnectionClosed = _inner.ConnectionClosed;
    }

    /// <summary>HTTP inside TLS.</summary>
    /// <param name="stream">After its handshake, on what <see cref="Poll"/> returned.</param>
    /// <param name="read">What was read of it already.</param>
    public void UseTls(SslStream stream, ReadOnlyMemory<byte> read)
    {
        Debug.Assert(_transport is null, "A connection has one transport.");
        _polled?.Leave();
        ApplicationProtocol = stream.NegotiatedApplicationProtocol.Protocol;
        Features.Set<ITlsConnectionFeature>(this);
        Features.Set<ITlsApplicationProtocolFeature>(this);
        _transport = new StreamTransport(new WatchedStream(new PrefixedStream(stream, read), MarkClosed), MemoryPool);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        ConnectionContext? inner;
        lock (_gate)
        {
            _aborted = true;
            inner = _inner;
        }

        if (inner is not null)
        {
            inner.Abort(abortReason);
            return;
        }

        Close();
        MarkClosed();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_inner is { } inner)
        {
            await inner.DisposeAsync();
        }
        else
        {
            Close();
            MarkClosed();
        }

        await base.DisposeAsync();
    }

    private void Close()
    {
        try
        {
            // So that the peer gets what was sent, and its end, and not a reset.
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        Socket.Dispose();
        PolledStream? polled;
        lock (_gate)
        {
            polled = _polled;
        }

        polled?.Closed();
    }

    /// <summary>Tells whoever works for the peer that it is gone, elsewhere than on the thread that found out.</summary>
    private void MarkClosed()
    {
        if (!_closed.IsCancellationRequested)
        {
            _ = _closed.CancelAsync();
        }
    }
}
