using System.Net;
using System.Net.Sockets;

namespace MeshControl.Testing.Relays;

/// <summary>Where a relay is, and how a client reaches it.</summary>
/// <param name="Url">With http or https, and the path.</param>
public sealed record RelayEndpoint(Uri Url)
{
    /// <summary>The path that stock clients ask for.</summary>
    public const string Path = "/derp";

    /// <summary>The name for the certificate and the request, where the URL has another; null: the URL's.</summary>
    public string? HostName { get; init; }

    /// <summary>SHA-256 of the certificate as 64 hex digits, as the relay map's <c>sha256-raw:</c> says it; null: any certificate will do.</summary>
    public string? CertificatePin { get; init; }

    /// <summary>To speak before the server does, if its certificates name its key.</summary>
    public bool TriesFastStart { get; init; } = true;

    /// <summary>To send <c>Derp-Fast-Start</c> and still no login before the server's greeting, which other implementations may do.</summary>
    public bool SaysFastStart { get; init; }

    public bool UsesWebSocket { get; init; }

    /// <summary>Makes the connection, where it is to start at another place than this process; null: to the URL. Not for WebSockets.</summary>
    public Func<Task<Socket>>? Connect { get; init; }

    /// <summary>The node of the region that the client would rather be connected to.</summary>
    public string? IdealNode { get; init; }

    /// <summary>More lines of the request's head, each with its line end.</summary>
    public string ExtraHeaders { get; init; } = "";

    public bool IsTls => Url.Scheme == Uri.UriSchemeHttps;

    public string Host => HostName ?? Url.DnsSafeHost;

    /// <summary>The relay on a port of this machine.</summary>
    public static RelayEndpoint Tls(int port, string address = "127.0.0.1") => new(new UriBuilder("https", address, port, Path).Uri);

    /// <summary>The same without TLS.</summary>
    public static RelayEndpoint Plain(int port, string address = "127.0.0.1") => new(new UriBuilder("http", address, port, Path).Uri);

    /// <summary>The relay at an endpoint.</summary>
    public static RelayEndpoint Tls(IPEndPoint endpoint) => new(new Uri($"https://{endpoint}{Path}"));
}
