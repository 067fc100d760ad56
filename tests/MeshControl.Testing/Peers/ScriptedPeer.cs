using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;
using MeshControl.Testing.Channels;

namespace MeshControl.Testing.Peers;

/// <summary>
/// A client that does only what a test tells it, right or wrong, at any stage of a connection: bytes before the handshake,
/// records after it, frames of HTTP/2 inside. For one caller at a time.
/// </summary>
public sealed class ScriptedPeer : IAsyncDisposable
{
    // Longer answers are cut off; nothing here needs more.
    private const int MaxReadLength = 1024 * 1024;

    private readonly Stream _wire;
    private readonly Stream? _inside;

    private ScriptedPeer(Stream wire, Stream? inside) => (_wire, _inside) = (wire, inside);

    private Stream Inside => _inside ?? throw new InvalidOperationException("The peer has not shaken hands.");

    /// <summary>Connects, with TLS if the endpoint has it, and says nothing.</summary>
    public static async Task<ScriptedPeer> ConnectAsync(ControlEndpoint endpoint, CancellationToken cancellationToken) =>
        new(await ControlDialer.ConnectAsync(endpoint, cancellationToken), inside: null);

    /// <summary>Connects and shakes hands properly; whatever the server says in the channel is not read yet.</summary>
    public static async Task<ScriptedPeer> ShakeHandsAsync(
        ControlEndpoint endpoint, X25519PrivateKey machineKey, MachinePublicKey serverKey, CancellationToken cancellationToken)
    {
        var channel = await ControlDialer.OpenAsync(endpoint, machineKey, serverKey, new ByteCounter(), cancellationToken);
        return new ScriptedPeer(channel.Wire, channel);
    }

    /// <summary>Connects to a Unix socket.</summary>
    public static async Task<ScriptedPeer> ConnectUnixAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        var stream = new NetworkStream(socket, ownsSocket: true);
        return new ScriptedPeer(stream, stream);
    }

    /// <summary>Makes the next record without sending it; whatever is sent next then has one number more.</summary>
    public byte[] Seal(ReadOnlyMemory<byte> plaintext) => ((NoiseClientStream)Inside).SealRecord(plaintext.Span);

    /// <summary>Sends bytes as they are, before the handshake or in place of records.</summary>
    public ValueTask SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _wire.WriteAsync(bytes, cancellationToken);

    /// <summary>The same with text.</summary>
    public ValueTask SendRawAsync(string ascii, CancellationToken cancellationToken) =>
        SendRawAsync(Encoding.ASCII.GetBytes(ascii), cancellationToken);

    /// <summary>Sends a record's header with any type and length, and any bytes behind it.</summary>
    public ValueTask SendRawRecordAsync(byte type, int length, ReadOnlyMemory<byte> ciphertext, CancellationToken cancellationToken)
    {
        var record = new byte[NoiseProtocol.HeaderLength + ciphertext.Length];
        record[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(1), (ushort)length);
        ciphertext.CopyTo(record.AsMemory(NoiseProtocol.HeaderLength));
        return SendRawAsync(record, cancellationToken);
    }

    /// <summary>Sends plaintext in proper records.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> plaintext, CancellationToken cancellationToken) =>
        Inside.WriteAsync(plaintext, cancellationToken);

    /// <summary>Says what a client says first inside the channel.</summary>
    public async Task StartHttp2Async(CancellationToken cancellationToken)
    {
        await SendAsync(Http2Frame.Preface.ToArray(), cancellationToken);
        await SendFrameAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, default), cancellationToken);
        await SkipEarlyPayloadAsync(cancellationToken);
    }

    /// <summary>Reads what the server says before its first HTTP/2 frame, if it does.</summary>
    public async Task SkipEarlyPayloadAsync(CancellationToken cancellationToken)
    {
        var header = new byte[EarlyPayload.HeaderLength];
        await Inside.ReadExactlyAsync(header, cancellationToken);
        if (EarlyPayload.TryParse(header, out _, out _) == EarlyPayloadStatus.Absent)
        {
            // Then these nine bytes were a frame's header, and its payload follows.
            await Inside.ReadExactlyAsync(new byte[Http2Frame.ReadLength(header)], cancellationToken);
            return;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(EarlyPayload.HeaderLength - sizeof(uint)));
        await Inside.ReadExactlyAsync(new byte[Math.Min(length, EarlyPayload.MaxJsonLength)], cancellationToken);
    }

    public ValueTask SendFrameAsync(Http2Frame frame, CancellationToken cancellationToken) =>
        SendAsync(frame.Encode(), cancellationToken);

    /// <summary>Sends the head of a request in one frame.</summary>
    /// <param name="stream">Odd and growing, if it is to be right.</param>
    /// <param name="isWhole">Whether no body follows.</param>
    /// <param name="fields">All fields, pseudo fields first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask SendRequestAsync(
        int stream, bool isWhole, IEnumerable<(string Name, string Value)> fields, CancellationToken cancellationToken)
    {
        var flags = (byte)(Http2Frame.EndHeaders | (isWhole ? Http2Frame.EndStream : 0));
        return SendFrameAsync(new Http2Frame(Http2FrameType.Headers, flags, stream, Hpack.Encode(fields)), cancellationToken);
    }

    /// <summary>Waits for a frame of HTTP/2.</summary>
    /// <returns>Null when the server closed the connection instead.</returns>
    public async Task<Http2Frame?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var header = new byte[Http2Frame.HeaderLength];
        var received = await Inside.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        if (received < header.Length)
        {
            return null;
        }

        var payload = new byte[Http2Frame.ReadLength(header)];
        await Inside.ReadExactlyAsync(payload, cancellationToken);
        return Http2Frame.Parse(header, payload);
    }

    /// <summary>Skips frames until one of a type arrives.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection instead.</exception>
    public async Task<Http2Frame> ReadFrameAsync(Http2FrameType type, CancellationToken cancellationToken)
    {
        while (await ReadFrameAsync(cancellationToken) is { } frame)
        {
            if (frame.Type == type)
            {
                return frame;
            }
        }

        throw new EndOfStreamException($"The server closed the channel without a frame {type}.");
    }

    /// <summary>Reads the head of an answer outside the channel.</summary>
    public Task<UpgradeResponse> ReadResponseAsync(CancellationToken cancellationToken) =>
        UpgradeResponse.ReadAsync(_wire, cancellationToken);

    /// <summary>Reads the head and the body of an answer outside the channel.</summary>
    public async Task<(UpgradeResponse Head, string Body)> ReadAnswerAsync(CancellationToken cancellationToken)
    {
        var head = await ReadResponseAsync(cancellationToken);
        return (head, await head.ReadBodyAsync(_wire, cancellationToken));
    }

    /// <summary>Reads until the server closes the connection, properly or not.</summary>
    /// <returns>What it said until then, undeciphered.</returns>
    public async Task<byte[]> ReadToEndAsync(CancellationToken cancellationToken)
    {
        using var received = new MemoryStream();
        var buffer = new byte[NoiseProtocol.MaxRecordLength];
        try
        {
            int count;
            while ((count = await _wire.ReadAsync(buffer, cancellationToken)) > 0 && received.Length < MaxReadLength)
            {
                received.Write(buffer, 0, count);
            }
        }
        catch (Exception exception) when (exception is IOException or WebSocketException)
        {
            // A reset is as good an end as any.
        }

        return received.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        if (_inside is not null)
        {
            await _inside.DisposeAsync();
        }

        await _wire.DisposeAsync();
    }
}
