using System.Net;
using System.Text;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>How the server is reached: URL, TLS, Unix socket.</summary>
internal static class TransportValidator
{
    /// <summary>What fits into <c>sockaddr_un</c> on Linux, less the terminating zero.</summary>
    public const int MaxSocketPathBytes = 107;

    private const UnixFileMode OtherWrite = UnixFileMode.OtherWrite;

    public static void Check(ServerOptions options, LoadContext context)
    {
        CheckTls(options.Tls, context);
        CheckListeners(options, context);
        CheckUrl(options, context);
        CheckSocket(options.UnixSocket, context);
    }

    private static void CheckTls(TlsOptions tls, LoadContext context)
    {
        if (tls.CertPath is not null && tls.KeyPath is null)
        {
            context.Error(KeyNames.TlsCertPath, "There is a certificate without a key.", $"Set {KeyNames.TlsKeyPath}, too.");
        }

        if (tls.KeyPath is not null && tls.CertPath is null)
        {
            context.Error(KeyNames.TlsKeyPath, "There is a key without a certificate.", $"Set {KeyNames.TlsCertPath}, too.");
        }
    }

    private static void CheckListeners(ServerOptions options, LoadContext context)
    {
        if (!context.AreSound(KeyNames.ListenAddr, KeyNames.TlsCertPath, KeyNames.TlsKeyPath))
        {
            return;
        }

        if (!options.Tls.IsEnabled && options.ListenAddr.FirstOrDefault(listen => listen.Scheme == ListenScheme.Https) is { } secured)
        {
            context.Error(
                KeyNames.ListenAddr,
                $"There is no certificate for {secured}.",
                $"Set {KeyNames.TlsCertPath} and {KeyNames.TlsKeyPath}, or write http://.");
        }

        if (options.Tls.IsEnabled && !options.ListenAddr.Any(listen => listen.UsesTls(options.Tls)))
        {
            context.Warn(
                KeyNames.TlsCertPath,
                "The certificate is of no use to clients, because every address starts with http://.",
                $"Add an address with https:// to {KeyNames.ListenAddr}, or leave the certificate out.");
        }

        var twice = options.ListenAddr.Where(listen => listen.Port != 0)
            .GroupBy(listen => (listen.Address, listen.Port)).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            context.Error(
                KeyNames.ListenAddr, $"{new IPEndPoint(twice.Key.Address, twice.Key.Port)} is listed twice.", "Keep one of them.");
        }
    }

    private static void CheckUrl(ServerOptions options, LoadContext context)
    {
        if (!context.AreSound(KeyNames.ServerUrl, KeyNames.ListenAddr, KeyNames.TlsCertPath, KeyNames.TlsKeyPath))
        {
            return;
        }

        var url = options.ServerUrl;
        var isHttp = url.Scheme == Uri.UriSchemeHttp;
        if (isHttp && options.ListenAddr.All(listen => listen.UsesTls(options.Tls)))
        {
            context.Warn(
                KeyNames.ServerUrl,
                "TLS is on, but the URL starts with http://.",
                "Write https://, else clients speak plain HTTP to a TLS port.");
        }
        else if (isHttp && !url.IsLoopback)
        {
            context.Warn(
                KeyNames.ServerUrl,
                "Clients will reach the server over plain HTTP.",
                "Use https:// with a certificate or behind a reverse proxy; browsers and some clients insist on it.");
        }

        if (url.IsLoopback && options.ListenAddr.Any(listen => !IPAddress.IsLoopback(listen.Address)))
        {
            context.Warn(
                KeyNames.ServerUrl,
                $"The server listens for other machines, but tells them to find it and its relay at {url.Host}, which is themselves.",
                "Write the URL by which clients reach this server.");
        }

        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            context.Error(
                KeyNames.ServerUrl,
                $"{url.Host} is an address to listen on, not one to connect to.",
                "Write the name or address by which clients reach this server.");
        }
    }

    private static void CheckSocket(UnixSocketOptions socket, LoadContext context)
    {
        if (Encoding.UTF8.GetByteCount(socket.Path) > MaxSocketPathBytes)
        {
            context.Error(
                KeyNames.UnixSocket,
                $"The path {socket.Path} is longer than the {MaxSocketPathBytes} bytes a socket can have.",
                "Choose a shorter one.");
        }

        if ((socket.Permission & OtherWrite) != 0)
        {
            context.Warn(
                KeyNames.UnixSocketPermission,
                "Every user of this machine may administer the server.",
                "Leave out the last digit's write bit, for instance \"0770\".");
        }
    }
}
