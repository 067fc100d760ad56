using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Client;

/// <summary>A connection to a relay's machine before anything is said on it: TCP, and TLS unless the relay has none.</summary>
public sealed class RelayTransport : IAsyncDisposable
{
    private readonly Socket _socket;

    private RelayTransport(RelayEndpoint endpoint, Socket socket, Stream stream)
    {
        Endpoint = endpoint;
        _socket = socket;
        Stream = stream;
        Remote = (IPEndPoint)socket.RemoteEndPoint!;
    }

    public RelayEndpoint Endpoint { get; }

    public Stream Stream { get; }

    /// <summary>Which of the relay's addresses answered.</summary>
    public IPEndPoint Remote { get; }

    /// <summary>What the relay sent, its own first; empty without TLS.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; private init; } = [];

    /// <summary>The relay's key as it told in TLS, which allows to log in with the first flight; null: it did not.</summary>
    public DerpPublicKey? EarlyKey { get; private init; }

    /// <summary>For the look-up of the name and TCP, with all addresses that were tried.</summary>
    public TimeSpan DialTime { get; private init; }

    /// <summary>For TLS.</summary>
    public TimeSpan HandshakeTime { get; private init; }

    /// <summary>Connects, and checks the relay's certificate as a client does.</summary>
    public static async Task<RelayResult<RelayTransport>> OpenAsync(
        RelayEndpoint endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(RelayTimeouts.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var start = time.GetTimestamp();
            var dialled = await RelayDialer.DialAsync(endpoint, time, either.Token);
            if (!dialled.Succeeded)
            {
                return dialled.Failure;
            }

            var dialTime = time.GetElapsedTime(start);
            return endpoint.UsesTls
                ? await SecureAsync(endpoint, dialled.Value, dialTime, time, either.Token)
                : new RelayTransport(endpoint, dialled.Value, new NetworkStream(dialled.Value, ownsSocket: true)) { DialTime = dialTime };
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new RelayFailure(
                RelayFault.TimedOut, $"{endpoint.Authority} did not answer within {RelayTimeouts.ConnectTimeout.TotalSeconds:0} s.");
        }
    }

    /// <summary>Ends the connection at once, from any thread; reads and writes that wait then fail.</summary>
    public void Abort() => _socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        // The socket first: closing TLS in order would wait for a relay that may not read any more.
        _socket.Dispose();
        await Stream.DisposeAsync();
    }

    private static async Task<RelayResult<RelayTransport>> SecureAsync(
        RelayEndpoint endpoint, Socket socket, TimeSpan dialTime, TimeProvider time, CancellationToken cancellationToken)
    {
        var sent = new List<X509Certificate2>();
        string? refusal = null;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = endpoint.HostName,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = CertificateRule.PolicyFor(endpoint, time),
            RemoteCertificateValidationCallback = (_, own, chain, errors) =>
            {
                sent.AddRange(Collect(own, chain));
                refusal = CertificateRule.Check(endpoint, sent, errors, chain?.ChainStatus ?? [], time.GetUtcNow());
                return refusal is null;
            },
        };
        var start = time.GetTimestamp();
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancellationToken);

            // Earlier versions of TLS show certificates to whoever listens in, and clients do not look there.
            DerpPublicKey? key = stream.SslProtocol == SslProtocols.Tls13 && MetaCertificate.TryFind(sent, out var found) ? found : null;
            return new RelayTransport(endpoint, socket, stream)
            {
                Certificates = sent,
                EarlyKey = key,
                DialTime = dialTime,
                HandshakeTime = time.GetElapsedTime(start),
            };
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            return refusal is null
                ? new RelayFailure(RelayFault.Tls, $"{endpoint.Authority} does not speak TLS as a relay does: {Root(exception).Message}")
                : new RelayFailure(RelayFault.Certificate, refusal);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>The relay's own certificate, then the others that it sent, which the platform keeps beside the chain.</summary>
    private static IEnumerable<X509Certificate2> Collect(X509Certificate? own, X509Chain? chain)
    {
        if (own is null)
        {
            return [];
        }

        var all = new List<X509Certificate2> { new(own) };
        foreach (var other in chain?.ChainPolicy.ExtraStore ?? [])
        {
            if (!all.Any(known => known.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span)))
            {
                all.Add(X509CertificateLoader.LoadCertificate(other.RawDataMemory.Span));
            }
        }

        return all;
    }

    private static Exception Root(Exception exception) => exception.InnerException is { } inner ? Root(inner) : exception;
}
