using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Testing.Relays;

/// <summary>
/// A second implementation of a relay's client, made from the protocol's description and sharing no code with the relay. It can also say
/// what no client says. For one caller that sends and one that receives.
/// </summary>
public sealed class RelayClient : IAsyncDisposable
{
    private const int GreetingLength = 8 + KeyBytes.Length;
    private const int MaxGreetingLength = 1024;

    /// <summary>What a relay does at once may take this long on a busy machine; only tests that fail wait so long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Stream _stream;
    private readonly RelayFrameReader _reader;
    private readonly X25519PrivateKey _key;
    private ulong _lastPing;

    private RelayClient(Stream stream, byte[] begun, X25519PrivateKey key)
    {
        _stream = stream;
        _reader = new RelayFrameReader(stream, begun);
        _key = key;
    }

    /// <summary>The client's own key.</summary>
    public NodePublicKey PublicKey => new(_key.PublicKey);

    /// <summary>The server's key, once it is known.</summary>
    public KeyBytes ServerKey { get; private set; }

    /// <summary>Whether the login was sent before the server said anything.</summary>
    public bool UsedFastStart { get; private set; }

    /// <summary>What the server said of itself: JSON; undefined before.</summary>
    public JsonElement ServerInfo { get; private set; }

    private static ReadOnlySpan<byte> Magic => "DERP\U0001F511"u8;

    /// <summary>A client on a stream that carries nothing but frames. Nothing is said yet.</summary>
    /// <param name="stream">Owned from here on.</param>
    /// <param name="key">The client's identity; borrowed.</param>
    /// <param name="begun">What was read of it already.</param>
    public static RelayClient Over(Stream stream, X25519PrivateKey key, byte[]? begun = null) => new(stream, begun ?? [], key);

    /// <summary>Dials, upgrades and logs in.</summary>
    /// <param name="endpoint">The relay.</param>
    /// <param name="key">The client's identity; borrowed.</param>
    /// <param name="login">Null: an ordinary client's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RelayProtocolException">The relay turned the client away, or is none.</exception>
    public static async Task<RelayClient> DialAsync(
        RelayEndpoint endpoint, X25519PrivateKey key, RelayLogin? login, CancellationToken cancellationToken)
    {
        var (client, first) = await DialWithoutLoginAsync(endpoint, key, cancellationToken);
        try
        {
            if (client.UsedFastStart)
            {
                byte[] flight = [.. first, .. client.LoginFrame(login)];
                await client.SendRawAsync(flight, cancellationToken);
                await client.ReadGreetingAsync(cancellationToken);
                await client.ReadServerInfoAsync(cancellationToken);
            }
            else
            {
                await client.LoginAsync(login, cancellationToken);
            }

            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Dials and upgrades.</summary>
    /// <returns>The client, and what it has to send together with its login: the request, if it may speak first.</returns>
    public static async Task<(RelayClient Client, byte[] First)> DialWithoutLoginAsync(
        RelayEndpoint endpoint, X25519PrivateKey key, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        var connection = await RelayDialer.OpenAsync(endpoint, limit.Token);
        var client = new RelayClient(connection.Stream, connection.Begun, key);
        if (connection.KnownKey is not { } known)
        {
            return (client, []);
        }

        client.ServerKey = known;
        client.UsedFastStart = true;
        return (client, RelayDialer.UpgradeRequest(endpoint, fastStart: true));
    }

    /// <summary>Waits for the greeting, logs in, and waits for what must be the first frame then.</summary>
    /// <exception cref="RelayProtocolException">The relay turned the client away, or is none.</exception>
    public async Task LoginAsync(RelayLogin? login, CancellationToken cancellationToken)
    {
        await ReadGreetingAsync(cancellationToken);
        await SendRawAsync(LoginFrame(login), cancellationToken);
        await ReadServerInfoAsync(cancellationToken);
    }

    /// <summary>Reads the frame with the server's key, which must be the one that is known, if one is.</summary>
    public async Task ReadGreetingAsync(CancellationToken cancellationToken)
    {
        var frame = await ReadFrameAsync(cancellationToken) ?? throw new RelayProtocolException("The relay closed the connection without a greeting.");
        var payload = frame.Payload.Span;
        if (frame.Type != RelayFrameType.ServerKey
            || payload.Length is < GreetingLength or > MaxGreetingLength
            || !payload.StartsWith(Magic))
        {
            throw new RelayProtocolException($"A frame {frame.Type} of {payload.Length} bytes is no greeting.");
        }

        var key = new KeyBytes(payload[Magic.Length..GreetingLength]);
        if (UsedFastStart && key != ServerKey)
        {
            throw new RelayProtocolException("The relay greets with another key than its certificate names.");
        }

        ServerKey = key;
    }

    /// <summary>The client's login, for a server whose key is known.</summary>
    public byte[] LoginFrame(RelayLogin? login = null, byte[]? nonce = null)
    {
        nonce ??= RandomNumberGenerator.GetBytes(RelayBox.NonceLength);
        var box = RelayBox.Seal(_key, ServerKey, nonce, (login ?? new RelayLogin()).ToJson());
        return RelayFrame.Of(RelayFrameType.ClientInfo, PublicKey.Bytes.Span.ToArray(), nonce, box).Encode();
    }

    /// <summary>Reads what must be the first frame behind the greeting.</summary>
    public async Task ReadServerInfoAsync(CancellationToken cancellationToken)
    {
        var frame = await ReadFrameAsync(cancellationToken) ?? throw new RelayProtocolException("The relay closed the connection at the login.");
        var payload = frame.Payload.Span;
        if (frame.Type != RelayFrameType.ServerInfo || payload.Length < RelayBox.NonceLength)
        {
            throw new RelayProtocolException($"A frame {frame.Type} of {payload.Length} bytes came before the one with the server's properties.");
        }

        var json = RelayBox.Open(_key, ServerKey, payload[..RelayBox.NonceLength], payload[RelayBox.NonceLength..])
            ?? throw new RelayProtocolException("The box with the server's properties does not open.");
        ServerInfo = JsonDocument.Parse(json).RootElement;
    }

    public ValueTask SendPacketAsync(NodePublicKey destination, ReadOnlyMemory<byte> packet, CancellationToken cancellationToken) =>
        SendFrameAsync(RelayFrame.Of(RelayFrameType.SendPacket, destination.Bytes.Span.ToArray(), packet.ToArray()), cancellationToken);

    /// <summary>Sends what one relay sends another.</summary>
    public ValueTask ForwardPacketAsync(
        NodePublicKey source, NodePublicKey destination, ReadOnlyMemory<byte> packet, CancellationToken cancellationToken) => SendFrameAsync(
            RelayFrame.Of(
                RelayFrameType.ForwardPacket, source.Bytes.Span.ToArray(), destination.Bytes.Span.ToArray(), packet.ToArray()),
            cancellationToken);

    public ValueTask NotePreferredAsync(bool isHome, CancellationToken cancellationToken) =>
        SendFrameAsync(RelayFrame.Of(RelayFrameType.NotePreferred, [isHome ? (byte)1 : (byte)0]), cancellationToken);

    public ValueTask WatchAsync(CancellationToken cancellationToken) =>
        SendFrameAsync(RelayFrame.Of(RelayFrameType.WatchConns), cancellationToken);

    public ValueTask ClosePeerAsync(NodePublicKey peer, CancellationToken cancellationToken) =>
        SendFrameAsync(RelayFrame.Of(RelayFrameType.ClosePeer, peer.Bytes.Span.ToArray()), cancellationToken);

    public ValueTask SendPingAsync(ulong data, CancellationToken cancellationToken) =>
        SendFrameAsync(RelayFrame.Of(RelayFrameType.Ping, Number(data)), cancellationToken);

    public ValueTask SendPongAsync(ulong data, CancellationToken cancellationToken) =>
        SendFrameAsync(RelayFrame.Of(RelayFrameType.Pong, Number(data)), cancellationToken);

    public ValueTask SendFrameAsync(RelayFrame frame, CancellationToken cancellationToken) => SendRawAsync(frame.Encode(), cancellationToken);

    /// <summary>Sends bytes as they are.</summary>
    public async ValueTask SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>Sends bytes in as many writes.</summary>
    public async Task SendByteByByteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            await SendRawAsync(bytes.Slice(i, 1), cancellationToken);
        }
    }

    /// <summary>Waits for the next frame after the login.</summary>
    /// <exception cref="RelayProtocolException">The connection ended instead, or the frame is malformed.</exception>
    public async Task<RelayMessage> ReceiveAsync(CancellationToken cancellationToken) =>
        await TryReceiveAsync(cancellationToken) ?? throw new RelayProtocolException("The relay closed the connection.");

    /// <summary>Waits for the next frame, which has to be of a kind.</summary>
    /// <exception cref="RelayProtocolException">It is of another kind, or did not come.</exception>
    public async Task<T> ReceiveAsync<T>(CancellationToken cancellationToken)
        where T : RelayMessage => await ReceiveAsync(cancellationToken) is var message && message is T wanted
            ? wanted
            : throw new RelayProtocolException($"Waited for {typeof(T).Name}, received: {message}");

    /// <summary>As <see cref="ReceiveAsync(CancellationToken)"/>.</summary>
    /// <returns>Null when the relay closed the connection instead.</returns>
    public async Task<RelayMessage?> TryReceiveAsync(CancellationToken cancellationToken) =>
        await ReadFrameAsync(cancellationToken) is { } frame ? RelayMessage.Read(frame) : null;

    /// <summary>
    /// Waits until the relay has dealt with all that this client sent and has sent all that it had for it: it answers two pings, the
    /// second of them sent after the first answer.
    /// </summary>
    /// <returns>All that came before the second answer.</returns>
    public async Task<IReadOnlyList<RelayMessage>> DrainAsync(CancellationToken cancellationToken)
    {
        List<RelayMessage> others = [];
        for (var round = 0; round < 2; round++)
        {
            // High, so as not to be taken for what a test counts itself.
            var ping = ulong.MaxValue - _lastPing++;
            await SendPingAsync(ping, cancellationToken);
            while (await ReceiveAsync(cancellationToken) is var message && message != new RelayMessage.Pong(ping))
            {
                others.Add(message);
            }
        }

        return others;
    }

    /// <summary>Waits until the relay closes the connection.</summary>
    /// <returns>What it said until then.</returns>
    public async Task<IReadOnlyList<RelayMessage>> ReceiveToEndAsync(CancellationToken cancellationToken)
    {
        List<RelayMessage> messages = [];
        while (await TryReceiveAsync(cancellationToken) is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }

    /// <summary>The next frame as it is; null at the connection's end.</summary>
    /// <exception cref="RelayProtocolException">Nothing came in reasonable time, or no frame.</exception>
    public async Task<RelayFrame?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        try
        {
            return await _reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RelayProtocolException($"The relay said nothing for {Patience.TotalSeconds} s.");
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
