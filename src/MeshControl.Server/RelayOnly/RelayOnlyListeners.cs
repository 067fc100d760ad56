using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MeshControl.Derp.Http;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;
using MeshControl.Server.Listeners.Transport;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.RelayOnly;

/// <summary>What a relay listens on that runs alone: the way into it is that of a whole server.</summary>
internal sealed class RelayOnlyListeners(RelayOnlyOptions options, LimitOptions limits, Func<SslStreamCertificateContext> certificate)
{
    private readonly List<ListenOptions> _public = [];
    private readonly ConnectionLimit _watchers = new(KestrelLimits.MaxMetricsConnections);

    /// <summary>Which flag an end point comes from, by its text.</summary>
    private readonly Dictionary<string, string> _flags = [];

    private ListenOptions? _metrics;
    private ListenOptions? _http;

    /// <summary>With the ports that the system chose.</summary>
    public IReadOnlyList<IPEndPoint> Public => [.. _public.Select(listener => listener.IPEndPoint!)];

    public IPEndPoint? Metrics => _metrics?.IPEndPoint;

    public IPEndPoint? Http => _http?.IPEndPoint;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        KestrelLimits.Apply(kestrel, limits);
        foreach (var address in options.ListenAddr)
        {
            Listen(kestrel, address, "--addr", isSecured: true, _public.Add);
        }

        if (options.HttpListenAddr is { } http)
        {
            Listen(kestrel, http, "--http-addr", isSecured: false, listener => _http = listener);
        }

        if (options.MetricsListenAddr is { } metrics)
        {
            kestrel.Listen(EndPointOf(metrics, "--metrics-addr"), listener =>
            {
                _metrics = listener;
                _watchers.Apply(listener);
                listener.Protocols = HttpProtocols.Http1;
                ListenerMark.Apply(listener, ListenerKind.Metrics);
            });
        }
    }

    /// <summary>Makes the socket of a listener.</summary>
    /// <exception cref="StartupException">There cannot be one; the message names the address and its flag.</exception>
    public Socket Bind(EndPoint endPoint)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            TcpLiveness.Configure(socket, endPoint, OfflineBudget.Default);
            return socket;
        }
        catch (SocketException exception)
        {
            var hint = exception.SocketErrorCode == SocketError.AccessDenied
                ? "; ports below 1024 need root or the capability CAP_NET_BIND_SERVICE"
                : "";
            throw new StartupException($"Cannot listen on {endPoint} ({_flags[endPoint.ToString()!]}): {exception.Message}{hint}", exception);
        }
    }

    private void Listen(KestrelServerOptions kestrel, ListenAddress address, string flag, bool isSecured, Action<ListenOptions> keep)
    {
        var endPoint = EndPointOf(address, flag);
        kestrel.Listen(new PublicEndPoint(endPoint.Address, endPoint.Port), listener =>
        {
            keep(listener);
            var services = listener.ApplicationServices;
            var sorter = new ConnectionSorter(
                isSecured ? certificate : null,
                stranger: null,
                isSecured ? services.GetRequiredService<RelayEntry>() : null,
                isProxy: null,
                services.GetRequiredService<ILogger<ConnectionSorter>>());
            var gate = services.GetRequiredService<ConnectionGate>();
            listener.Use(next => connection => gate.AdmitAsync(connection, next));
            ListenerMark.Apply(listener, isSecured ? ListenerKind.Public : ListenerKind.CaptivePortal);
            listener.Use(next => connection => sorter.ServeAsync(connection, next));
        });
    }

    private IPEndPoint EndPointOf(ListenAddress address, string flag)
    {
        // A kernel without IPv6 has no socket for every address of both families.
        var any = address.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6;
        var endPoint = new IPEndPoint(any ? IPAddress.Any : address.Address, address.Port);
        _flags[endPoint.ToString()] = flag;
        return endPoint;
    }
}
