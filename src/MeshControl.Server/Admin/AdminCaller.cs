using System.Net.Sockets;
using MeshControl.Core.ApiKeys;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Admin;

/// <summary>Who makes a call, for people to read later on: what is noted beside a policy.</summary>
/// <param name="Name">For instance <c>root (socket)</c>.</param>
internal sealed record AdminCaller(string Name)
{
    // Of Linux: level and name of the option, and the place of the user's number in its value (pid, uid, gid).
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int CredentialsLength = 12;
    private const int UserOffset = 4;

    public static string NameOf(HttpContext http) => http.Features.Get<AdminCaller>()?.Name ?? "unknown";

    /// <summary>Who has an API key; only its public beginning is told.</summary>
    public static AdminCaller OfKey(string key) => new($"API key {ApiKeyText.Scheme}{ApiKeyText.PrefixOf(key)}");

    /// <summary>Who connected to the Unix socket: the kernel knows the user.</summary>
    public static AdminCaller OfSocket(HttpContext http)
    {
        var user = http.Features.Get<IConnectionSocketFeature>() is { Socket: var socket } ? UserOf(socket) : null;
        return new(user switch
        {
            null => "socket",
            0 => "root (socket)",
            _ => $"uid {user} (socket)",
        });
    }

    private static uint? UserOf(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<byte> credentials = stackalloc byte[CredentialsLength];
            return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == CredentialsLength
                ? BitConverter.ToUInt32(credentials[UserOffset..])
                : null;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The caller has gone meanwhile.
            return null;
        }
    }
}
