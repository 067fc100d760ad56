using System.IO.Pipelines;
using System.Security.Cryptography;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Client;

/// <summary>
/// From the HTTP request to the relay's welcome.
/// <code>
/// plain   GET ─► 101 ◄─ ServerKey ◄─ ClientInfo ─► ServerInfo ◄─
/// fast    GET + ClientInfo ─► ServerKey ◄─ ServerInfo ◄─          the key came with the certificate, and there is no 101
/// </code>
/// </summary>
internal sealed class RelayLogin(
    RelayTransport transport, PipeReader reader, X25519PrivateKey key, RelayClientOptions options, TimeProvider time)
{
    private readonly RelayFrameReader _frames = new(reader);

    /// <summary>What the frames after the login are read with.</summary>
    public RelayFrameReader Frames => _frames;

    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<RelayResult<RelayWelcome>> RunAsync(CancellationToken cancellationToken)
    {
        var early = options.AllowsFastStart ? transport.EarlyKey : null;
        var start = time.GetTimestamp();
        var request = RelayUpgrade.Request(transport.Endpoint, early is not null);
        await transport.Stream.WriteAsync(
            early is { } known ? [.. request, .. ClientInfo(known)] : request, cancellationToken);
        if (early is null && await RelayUpgrade.ReadAnswerAsync(reader, transport.Endpoint, cancellationToken) is { } failure)
        {
            return failure;
        }

        var upgraded = early is null ? time.GetElapsedTime(start) : TimeSpan.Zero;
        var greeting = await _frames.ReadAsync(cancellationToken);
        if (ReadGreeting(greeting, out var server) is { } problem)
        {
            return problem;
        }

        if (early is null)
        {
            await transport.Stream.WriteAsync(ClientInfo(server), cancellationToken);
        }
        else if (early != server)
        {
            return Broken("it has another key than its certificate says");
        }

        if (await TryReadAsync(cancellationToken) is not { } welcome)
        {
            return new RelayFailure(
                RelayFault.NotAdmitted, $"{transport.Endpoint.Authority} hung up after the login: it does not serve this key.");
        }

        return welcome.Type != DerpFrameType.ServerInfo
            ? Broken($"it sent {welcome.Type} before its welcome")
            : DerpLogin.TryReadServerInfo(key, server, welcome.Payload.Span, out var info)
                ? new RelayWelcome(server, info, early is not null, upgraded, time.GetElapsedTime(start) - upgraded)
                : Broken("its welcome cannot be opened");
    }

    /// <summary>A relay that turns a client away hangs up, which arrives as an error when it has not read all.</summary>
    private async ValueTask<RelayFrame?> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _frames.ReadAsync(cancellationToken);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private RelayFailure? ReadGreeting(RelayFrame? greeting, out DerpPublicKey server)
    {
        server = default;
        return greeting is not { } frame
            ? Broken("it hung up instead of telling its key")
            : frame.Type == DerpFrameType.ServerKey && frame.Payload.Length <= DerpProtocol.MaxServerKeyLength
                && DerpPayload.TryReadServerKey(frame.Payload.Span, out server)
                    ? null
                    : Broken("it did not tell its key first");
    }

    private byte[] ClientInfo(DerpPublicKey server) => DerpLogin.WriteClientInfo(
        key,
        server,
        RandomNumberGenerator.GetBytes(NaclBox.NonceLength),
        new DerpClientInfo
        {
            MeshKey = options.MeshKey,
            Version = DerpProtocol.Version,
            CanAckPings = true,
            IsProber = options.IsProber,
        });

    private RelayFailure Broken(string what) =>
        new(RelayFault.Protocol, $"{transport.Endpoint.Authority} does not follow the relay protocol: {what}.");
}
