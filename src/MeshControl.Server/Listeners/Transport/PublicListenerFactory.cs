using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MeshControl.Server.Listeners.Transport;

/// <summary>Gives Kestrel the listeners for <see cref="PublicEndPoint"/>; every other end point stays with its own sockets.</summary>
internal sealed class PublicListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly SocketTransportOptions _options;
    private readonly SocketConnectionContextFactory _plain;
    private readonly IMemoryPoolFactory<byte> _pools;
    private readonly TimeProvider _time;

    public PublicListenerFactory(
        IOptions<SocketTransportOptions> options, IMemoryPoolFactory<byte> pools, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options.Value;
        _pools = pools;
        _time = time;
        var plain = new SocketConnectionFactoryOptions
        {
            MaxReadBufferSize = _options.MaxReadBufferSize,
            MaxWriteBufferSize = _options.MaxWriteBufferSize,

            // Whoever flushes a message sends it, and whoever is told of bytes reads them: both are threads of the pool already, and to hand
            // over to another one would cost more than what is to be done. Nothing here waits on the thread that it runs on.
            UnsafePreferInlineScheduling = true,
        };
        SetPools(plain, pools);
        _plain = new SocketConnectionContextFactory(
            plain, loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets"));
    }

    public bool CanBind(EndPoint endpoint) => endpoint is PublicEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = _options.CreateBoundListenSocket(endpoint);
        try
        {
            socket.Listen(_options.Backlog);
            return new ValueTask<IConnectionListener>(new PublicListener(socket, _plain, _pools.Create(), _time));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    public void Dispose() => _plain.Dispose();

    /// <summary>
    /// Where connections get their memory. There is no public way to say so, and what stands there by itself pools nothing to speak of: with
    /// some thousand connections nearly every message would be sent from memory that is new, and all that is kept of a channel comes from it.
    /// </summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetPools(SocketConnectionFactoryOptions options, IMemoryPoolFactory<byte> pools);
}
