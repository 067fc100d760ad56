using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MeshControl.Derp.Http;
using MeshControl.Server.Admin;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Listeners.Transport;
using MeshControl.Server.Noise;
using MeshControl.Server.Relays;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Listeners;

/// <summary>Everything that the server listens on.</summary>
internal sealed class ServerListeners
{
    private readonly ServerOptions _configuration;
    private readonly ServerCertificate? _certificate;

    /// <summary>What public listeners with TLS show.</summary>
    private readonly Func<SslStreamCertificateContext>? _secured;

    /// <summary>What clients of the relay get that come to a public listener without TLS, and cannot do without; null when none will.</summary>
    private readonly Func<SslStreamCertificateContext>? _strangers;
    private readonly List<ListenOptions> _public = [];
    private readonly ConnectionLimit _remoteAdmins = new(RemoteLimits.MaxConnections);
    private readonly ConnectionLimit _travellers = new(KestrelLimits.MaxCaptivePortalConnections);
    private readonly ConnectionLimit _watchers = new(KestrelLimits.MaxMetricsConnections);
    private ListenOptions? _remoteAdmin;
    private ListenOptions? _metrics;
    private ListenOptions? _captivePortal;

    /// <summary>Which key of the configuration an end point comes from, by its text.</summary>
    private readonly Dictionary<string, string> _keys = [];

    /// <param name="configuration">The operator's.</param>
    /// <param name="certificate">Of all listeners with TLS; null when the configuration names none.</param>
    /// <param name="relay">Null where none is run.</param>
    /// <param name="time">The clock.</param>
    public ServerListeners(ServerOptions configuration, ServerCertificate? certificate, OwnRelay? relay, TimeProvider time)
    {
        (_configuration, _certificate) = (configuration, certificate);
        _secured = Announced(certificate is null ? null : () => certificate.Current);
        _strangers = Announced(relay?.Certificate is { Context: var pinned } ? () => pinned : null);

        Func<SslStreamCertificateContext>? Announced(Func<SslStreamCertificateContext>? current) =>
            current is null || relay?.Server is not { PublicKey: var key } ? current : new AnnouncedCertificate(current, key, time).Get;
    }

    /// <summary>Where clients reach the server, with the ports that the system chose; in the order of the configuration.</summary>
    public IReadOnlyList<IPEndPoint> PublicEndPoints => [.. _public.Select(listener => listener.IPEndPoint!)];

    /// <summary>Where the numbers are, if anywhere.</summary>
    public IPEndPoint? MetricsEndPoint => _metrics?.IPEndPoint;

    /// <summary>Where clients look for captive portals, besides the public listeners; null: nowhere.</summary>
    public IPEndPoint? CaptivePortalEndPoint => _captivePortal?.IPEndPoint;

    /// <summary>Where administrators reach the server; null when they do not.</summary>
    public IPEndPoint? RemoteAdminEndPoint => _remoteAdmin?.IPEndPoint;

    /// <summary>The public listeners for people: <c>https://[::]:443, http://[::]:80</c>.</summary>
    public string Describe() => string.Join(", ", _public.Zip(_configuration.ListenAddr).Select(pair =>
        (pair.Second.UsesTls(_configuration.Tls) ? "https://" : "http://") + pair.First.IPEndPoint));

    /// <summary>What a web server needs that serves channels and nothing else.</summary>
    public static void ConfigureForChannels(KestrelServerOptions kestrel, LimitOptions limits)
    {
        kestrel.AddServerHeader = false;

        // Clients send https as scheme inside a channel; simulated ones may not.
        kestrel.AllowAlternateSchemes = true;
        KestrelLimits.Apply(kestrel, limits);
        kestrel.Listen(new NoiseEndPoint(), listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            ListenerMark.Apply(listener, ListenerKind.Channel);
        });
    }

    public void Configure(KestrelServerOptions kestrel)
    {
        foreach (var address in _configuration.ListenAddr)
        {
            ListenPublic(kestrel, address);
        }

        if (_configuration.MetricsListenAddr is { } metrics)
        {
            ListenTcp(kestrel, metrics, KeyNames.MetricsListenAddr, ListenerKind.Metrics, listener =>
            {
                _metrics = listener;
                _watchers.Apply(listener);
                listener.Protocols = HttpProtocols.Http1;
                return false;
            });
        }

        if (_configuration.Derp.Server is { Enabled: true, HttpListenAddr: { } http })
        {
            ListenTcp(kestrel, http, KeyNames.DerpServerHttp, ListenerKind.CaptivePortal, listener =>
            {
                _captivePortal = listener;
                _travellers.Apply(listener);
                listener.Protocols = HttpProtocols.Http1;
                return false;
            });
        }

        if (_configuration.Grpc.ListenAddr is { } remote)
        {
            ListenRemoteAdmin(kestrel, remote);
        }

        ListenUnixSocket(kestrel, _configuration.UnixSocket);
        ConfigureForChannels(kestrel, _configuration.Limits);
    }

    /// <summary>Makes the socket of a listener.</summary>
    /// <exception cref="StartupException">There cannot be one; the message names the address and its key.</exception>
    public Socket Bind(EndPoint endPoint)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            TcpLiveness.Configure(socket, endPoint, new OfflineBudget(_configuration.Node.OfflineAfter));
            return socket;
        }
        catch (SocketException exception)
        {
            var hint = exception.SocketErrorCode == SocketError.AccessDenied && endPoint is IPEndPoint
                ? "; ports below 1024 need root or the capability CAP_NET_BIND_SERVICE"
                : "";
            throw new StartupException($"Cannot listen on {endPoint} ({_keys[endPoint.ToString()!]}): {exception.Message}{hint}", exception);
        }
    }

    private void ListenPublic(KestrelServerOptions kestrel, ListenAddress address)
    {
        var endPoint = EndPointOf(address, KeyNames.ListenAddr);
        kestrel.Listen(new PublicEndPoint(endPoint.Address, endPoint.Port), listener =>
        {
            _public.Add(listener);
            var services = listener.ApplicationServices;
            var sorter = new ConnectionSorter(
                address.UsesTls(_configuration.Tls) ? _secured : null,
                _strangers,
                services.GetService<RelayEntry>(),
                services.GetRequiredService<TrustedProxies>().IsTrusted,
                services.GetRequiredService<ILogger<ConnectionSorter>>());

            // All public listeners share one gate. It comes before TLS, so that half a handshake is counted too.
            var gate = services.GetRequiredService<ConnectionGate>();
            listener.Use(next => connection => gate.AdmitAsync(connection, next));
            ListenerMark.Apply(listener, ListenerKind.Public);
            listener.Use(next => connection => sorter.ServeAsync(connection, next));
        });
    }

    private void ListenRemoteAdmin(KestrelServerOptions kestrel, ListenAddress address) =>
        ListenTcp(kestrel, address, KeyNames.GrpcListenAddr, ListenerKind.RemoteAdmin, listener =>
        {
            _remoteAdmin = listener;
            _remoteAdmins.Apply(listener);
            listener.Protocols = HttpProtocols.Http2;
            return _configuration.Tls.IsEnabled;
        });

    /// <summary>Listens on an address of the configuration.</summary>
    /// <param name="kestrel">The web server.</param>
    /// <param name="address">Where.</param>
    /// <param name="key">The key that says so.</param>
    /// <param name="kind">What for.</param>
    /// <param name="configure">Sets the protocols, and says whether the listener has TLS, for which there must be a certificate.</param>
    private void ListenTcp(
        KestrelServerOptions kestrel, ListenAddress address, string key, ListenerKind kind, Func<ListenOptions, bool> configure)
    {
        kestrel.Listen(EndPointOf(address, key), listener =>
        {
            var secured = configure(listener);
            ListenerMark.Apply(listener, kind);
            if (secured)
            {
                _certificate!.Apply(listener, _configuration.Limits.HandshakeTimeout);
            }
        });
    }

    private IPEndPoint EndPointOf(ListenAddress address, string key)
    {
        // A kernel without IPv6 has no socket for every address of both families.
        var any = address.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6;
        var endPoint = new IPEndPoint(any ? IPAddress.Any : address.Address, address.Port);
        _keys[endPoint.ToString()] = key;
        return endPoint;
    }

    private void ListenUnixSocket(KestrelServerOptions kestrel, UnixSocketOptions options)
    {
        _keys[options.Path] = KeyNames.UnixSocket;
        kestrel.ListenUnixSocket(options.Path, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            ListenerMark.Apply(listener, ListenerKind.AdminSocket);
        });
    }
}
