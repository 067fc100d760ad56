using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeshControl.Testing.Channels;

/// <summary>
/// Stock clients say <c>https</c> in the pseudo header of their requests inside the channel. .NET's client says so only
/// if its connection is a TLS stream that negotiated HTTP/2, and looks at nothing but the result of that negotiation before
/// it lets a filter replace the stream. So one TLS session of the process with itself stands in for all channels; no byte ever flows in it.
/// </summary>
internal static class SharedTls
{
    private static readonly Lazy<Task<SslStream>> Session = new(CreateAsync);

    public static Task<SslStream> GetAsync() => Session.Value;

    private static async Task<SslStream> CreateAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clientSocket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptSocketAsync();
        await clientSocket.ConnectAsync(listener.LocalEndpoint);
        var server = new SslStream(new NetworkStream(await accepting, ownsSocket: true));
        var client = new SslStream(new NetworkStream(clientSocket, ownsSocket: true), false, CertificateChecks.AcceptAny);
        using var certificate = CreateCertificate();
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            }),
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "channel",
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            }));
        return client;
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=channel", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
