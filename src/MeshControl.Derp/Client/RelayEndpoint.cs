using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace MeshControl.Derp.Client;

/// <summary>Where a relay is, and how it is known: what a node of a DERP map says.</summary>
/// <param name="HostName">A name or an address: what TLS and the Host header name.</param>
/// <param name="Port">Of TCP.</param>
public sealed record RelayEndpoint(string HostName, int Port = RelayEndpoint.DefaultPort)
{
    public const int DefaultPort = 443;

    private const int PlainPort = 80;

    /// <summary>Where to connect to, in this order, in place of looking the name up; empty: it is looked up.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Only addresses of this family.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;

    /// <summary>
    /// Another name that the certificate is for, or <c>sha256-raw:</c> and the SHA-256 of the only certificate in hex. Null: the
    /// certificate is for <see cref="HostName"/>.
    /// </summary>
    public string? CertName { get; init; }

    /// <summary>False for a relay without TLS.</summary>
    public bool UsesTls { get; init; } = true;

    /// <summary>Takes whatever certificate there is.</summary>
    public bool TakesAnyCertificate { get; init; }

    /// <summary>Trusted in place of the system's; null: the system's.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <summary>As in a URL: the port only where it is not the usual one, an IPv6 address in brackets.</summary>
    public string Authority
    {
        get
        {
            var host = IPAddress.TryParse(HostName, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? $"[{HostName}]"
                : HostName;
            return Port == (UsesTls ? DefaultPort : PlainPort) ? host : $"{host}:{Port}";
        }
    }
}
