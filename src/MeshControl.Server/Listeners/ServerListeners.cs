using System.Net;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Noise;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Listeners;

/// <summary>Everything that the server listens on.</summary>
internal static class ServerListeners
{
    /// <exception cref="StartupException">A certificate cannot be used.</exception>
    public static void Configure(KestrelServerOptions kestrel, ServerOptions configuration)
    {
        kestrel.AddServerHeader = false;

        // Clients send https as scheme inside a channel; simulated ones may not.
        kestrel.AllowAlternateSchemes = true;
        KestrelLimits.Apply(kestrel.Limits);
        ListenPublic(kestrel, configuration);
        ListenUnixSocket(kestrel, configuration.UnixSocket);
        ListenInChannels(kestrel);
    }

    private static void ListenPublic(KestrelServerOptions kestrel, ServerOptions configuration)
    {
        var listen = configuration.ListenAddr;
        kestrel.Listen(new IPEndPoint(listen.Address, listen.Port), listener =>
        {
            // Clients offer no ALPN for the upgrade, and a plain listener can tell HTTP/2 by nothing else.
            listener.Protocols = configuration.Tls.IsEnabled ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
            ListenerMark.Apply(listener, ListenerKind.Public);
            if (configuration.Tls.IsEnabled)
            {
                listener.UseHttps(https => TlsCertificate.Apply(https, configuration.Tls));
            }
        });
    }

    private static void ListenUnixSocket(KestrelServerOptions kestrel, UnixSocketOptions options) =>
        kestrel.ListenUnixSocket(options.Path, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            ListenerMark.Apply(listener, ListenerKind.AdminSocket);
        });

    private static void ListenInChannels(KestrelServerOptions kestrel) =>
        kestrel.Listen(new NoiseEndPoint(), listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            ListenerMark.Apply(listener, ListenerKind.Channel);
        });
}
