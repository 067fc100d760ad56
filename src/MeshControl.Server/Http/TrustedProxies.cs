using System.Diagnostics.CodeAnalysis;
using System.Net;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace MeshControl.Server;

/// <summary>
/// Whose word is taken for where a client is. The framework's own middleware reads one header, X-Forwarded-For, and leaves what an
/// untrusted peer wrote in place; proxies send any of three, and nobody further down may read a forged one.
/// </summary>
internal sealed class TrustedProxies(ServerOptions configuration)
{
    public const string TrueClientIp = "True-Client-IP";

    public const string RealIp = "X-Real-IP";

    public const string ForwardedFor = "X-Forwarded-For";

    /// <summary>Hops that are looked at, from the right: far more than there are proxies in a row.</summary>
    public const int MaxHops = 32;

    private readonly IReadOnlyList<IPNetwork> _trusted = configuration.TrustedProxies;

    /// <summary>
    /// Puts the client's address into the request's connection if a trusted proxy tells it, and removes the headers, whoever sent them.
    /// A request whose client is not the connection's peer gets <see cref="ProxiedClient"/> as a feature.
    /// </summary>
    public void Resolve(HttpContext context)
    {
        var headers = context.Request.Headers;
        var connection = context.Connection;
        if (connection.RemoteIpAddress is { } peer)
        {
            // A socket for both families shows IPv4 peers as IPv6 addresses.
            connection.RemoteIpAddress = peer = Unmap(peer);
            if (IsTrusted(peer))
            {
                context.Features.Set(new ProxiedClient(peer));
                if (ClientOf(headers) is { } client)
                {
                    // The headers tell no port, and that of the proxy would be a lie beside another address.
                    connection.RemoteIpAddress = client;
                    connection.RemotePort = 0;
                }
            }
        }

        headers.Remove(TrueClientIp);
        headers.Remove(RealIp);
        headers.Remove(ForwardedFor);
    }

    /// <summary>Whether a peer may say where its clients are.</summary>
    public bool IsTrusted(IPAddress? peer)
    {
        if (peer is null)
        {
            return false;
        }

        var address = Unmap(peer);
        foreach (var network in _trusted)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>Addresses as proxies write them: with or without a port, IPv6 ones with or without brackets.</summary>
    private static bool TryParse(ReadOnlySpan<char> written, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        var text = written.Trim().ToString();
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            text = text[1..^1];
        }

        if (!AddressText.TryParse(text, out var found)
            && !(EndpointText.TrySplit(text, out var host, out _) && AddressText.TryParse(host, out found)))
        {
            return false;
        }

        address = Unmap(found);
        return !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
    }

    private IPAddress? ClientOf(IHeaderDictionary headers) =>
        Single(headers[TrueClientIp]) ?? Single(headers[RealIp]) ?? RightmostUntrusted(headers[ForwardedFor]);

    /// <summary>The last value: an earlier one may come from the client.</summary>
    private static IPAddress? Single(StringValues values) =>
        values.Count > 0 && TryParse(values[^1], out var address) ? address : null;

    /// <summary>
    /// From the right, since every proxy appends and all further to the left is the word of somebody unknown. What cannot be read ends
    /// the walk without a result.
    /// </summary>
    private IPAddress? RightmostUntrusted(StringValues values)
    {
        var hops = 0;
        for (var line = values.Count - 1; line >= 0; line--)
        {
            var rest = values[line].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.LastIndexOf(',');
                if (++hops > MaxHops || !TryParse(rest[(comma + 1)..], out var address))
                {
                    return null;
                }

                if (!IsTrusted(address))
                {
                    return address;
                }

                rest = comma < 0 ? [] : rest[..comma];
            }
        }

        return null;
    }
}
