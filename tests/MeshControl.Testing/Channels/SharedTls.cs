using System.Diagnostics.CodeAnalysis;
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
        var client = new KeptStream(new NetworkStream(clientSocket, ownsSocket: true));
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

    /// <summary>Outlives those that borrow it: an attempt to connect that fails disposes of what it was given.</summary>
    [SuppressMessage("Usage", "CA2215", Justification = "Not to be disposed of is its purpose.")]
    private sealed class KeptStream(Stream inner) : SslStream(inner, leaveInnerStreamOpen: false, CertificateChecks.AcceptAny)
    {
        public override ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            return ValueTask.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            // For as long as the process lives.
        }
    }
}
