using System.Net.Sockets;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Check;

/// <summary>How a relay answers by one family of addresses.</summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Failure">Why a client would have no connection; null when it would.</param>
internal sealed record RelayProbe(AddressFamily Family, RelayFailure? Failure)
{
    /// <summary>TCP and TLS.</summary>
    public TimeSpan? Connect { get; private init; }

    public DerpPublicKey? Key { get; private init; }

    public DateTimeOffset? CertificateEnd { get; private init; }

    /// <summary>Connects, and logs in with a key that nobody knows. A relay that then turns the client away is a relay all the same.</summary>
    public static async Task<RelayProbe> RunAsync(DerpNode node, AddressFamily family, TimeProvider time, CancellationToken cancellationToken)
    {
        var opened = await RelayTransport.OpenAsync(NodeAddresses.Endpoint(node, family), time, cancellationToken);
        if (!opened.Succeeded)
        {
            return new RelayProbe(family, opened.Failure);
        }

        var transport = opened.Value;
        var seen = new RelayProbe(family, null)
        {
            Connect = transport.DialTime + transport.HandshakeTime,
            CertificateEnd = transport.Certificates is [var own, ..] ? own.NotAfter.ToUniversalTime() : null,
            Key = transport.EarlyKey,
        };
        var login = await RelayClient.LoginAsync(transport, X25519PrivateKey.Generate(), new RelayClientOptions { IsProber = true }, time, cancellationToken);
        if (!login.Succeeded)
        {
            return login.Failure.Fault == RelayFault.NotAdmitted ? seen : seen with { Failure = login.Failure };
        }

        await using var client = login.Value;
        return seen with { Key = client.Welcome.ServerKey };
    }
}
