using System.IO.Pipelines;
using System.Text;
using MeshControl.Derp.Client;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>What our own client reads of a relay, which may be anybody's: the answer to its upgrade, frames, and what is in them.</summary>
internal sealed class ClientInputs
{
    private const int MaxInput = 80 * 1024;
    private const int MaxFrames = 6;

    private static readonly RelayEndpoint Endpoint = new("relay.example.com");

    private static readonly byte[][] Answers =
    [
        .. new[]
        {
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\nDerp-Version: 2\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 33\r\n\r\nDERP requires connection upgrade\n",
            "HTTP/1.0 200 OK\r\n\r\n<html>",
            "HTTP/1.1 101\r\n\r\n",
            "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 101 " + new string('x', RelayUpgrade.MaxAnswerLength) + "\r\n\r\n",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private readonly ByteMutator _input = new(MaxInput);
    private readonly FrameSamples _samples = new([Key(1), Key(2)]);
    private readonly Pump _pump = new();
    private readonly byte[] _written = new byte[256];

    public void RunFrames(FuzzRandom random, Tally tally)
    {
        _input.Load(default);
        for (var frames = 1 + random.Below(MaxFrames); frames > 0; frames--)
        {
            _input.Append(_samples.Pick(random));
        }

        if (!random.OneIn(4))
        {
            _input.Mutate(random, _samples.Pick(random));
        }

        if (_input.Length > 0)
        {
            var count = _pump.Run(() => ReadFramesAsync(random, tally));
            tally.Count(count == 0 ? "client: no frame" : "client: frames");
        }
    }

    public void RunAnswer(FuzzRandom random, Tally tally)
    {
        _input.Load(random.Pick(Answers));
        _input.Append(_samples.Pick(random));
        if (!random.OneIn(4))
        {
            _input.Mutate(random, random.Pick(Answers));
        }

        if (_input.Length > 0)
        {
            tally.Count(_pump.Run(() => ReadAnswerAsync(random)) ? "client: upgraded" : "client: no relay");
        }
    }

    private static NodePublicKey Key(byte value) => new(new KeyBytes([.. Enumerable.Repeat(value, KeyBytes.Length)]));

    private async Task<bool> ReadAnswerAsync(FuzzRandom random)
    {
        var reader = PipeReader.Create(Segments.Cut(_input.Memory, random));
        var failure = await RelayUpgrade.ReadAnswerAsync(reader, Endpoint, CancellationToken.None);
        var text = Encoding.Latin1.GetString(_input.Span[..Math.Min(_input.Length, RelayUpgrade.MaxAnswerLength)]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (failure is not null)
        {
            RuleBrokenException.Require(!failure.Message.Any(char.IsControl), "a message with control characters");
            return false;
        }

        RuleBrokenException.Require(
            end >= 0 && text.StartsWith("HTTP/1.", StringComparison.Ordinal) && text.Split(' ')[1].StartsWith("101", StringComparison.Ordinal),
            "what is no upgrade was taken for one");
        var rest = reader.TryRead(out var result) ? result.Buffer.Length : 0;
        RuleBrokenException.Require(rest == _input.Length - end - 4, "frames behind the answer were lost");
        return true;
    }

    private async Task<int> ReadFramesAsync(FuzzRandom random, Tally tally)
    {
        var reader = new RelayFrameReader(PipeReader.Create(Segments.Cut(_input.Memory, random)));
        for (var count = 0; ; count++)
        {
            RelayFrame? frame;
            try
            {
                frame = await reader.ReadAsync(CancellationToken.None);
            }
            catch (InvalidDataException)
            {
                RuleBrokenException.Require(Expect(count, out _, out _) == false, "a frame was refused that is not too long");
                tally.Count("client: too long");
                return count;
            }

            var expected = Expect(count, out var type, out var payload);
            if (frame is not { } read)
            {
                RuleBrokenException.Require(expected is null, "a frame was lost");
                return count;
            }

            RuleBrokenException.Require(
                expected == true && (byte)read.Type == type && read.Payload.Span.SequenceEqual(payload.Span), "a frame was changed");
            ReadPayload(read.Payload.Span, tally);
        }
    }

    /// <returns>True for a frame, false for one that is too long, null for the end.</returns>
    private bool? Expect(int index, out byte type, out ReadOnlyMemory<byte> payload)
    {
        type = 0;
        payload = default;
        var frames = new WireFrames(_input.Span);
        for (var i = 0; frames.TryPeek(); i++)
        {
            if (frames.AnnouncedLength > 1 << 20)
            {
                return false;
            }

            if (!frames.TryTake())
            {
                return null;
            }

            if (i == index)
            {
                type = frames.Type;
                payload = frames.Payload.ToArray();
                return true;
            }
        }

        return null;
    }

    // Any reader on any payload: none throws, and what was understood is written as it was.
    private void ReadPayload(ReadOnlySpan<byte> payload, Tally tally)
    {
        if (DerpPayload.TryReadServerKey(payload, out var serverKey))
        {
            var length = DerpFrame.WriteServerKey(_written, serverKey);
            Compare(payload, _written.AsSpan(DerpProtocol.HeaderLength, length - DerpProtocol.HeaderLength));
            tally.Count("client: server's key");
        }

        if (DerpPayload.TryReadPacket(payload, out var source, out var packet))
        {
            RuleBrokenException.Require(
                source.Bytes.Span.SequenceEqual(payload[..KeyBytes.Length]) && packet.SequenceEqual(payload[KeyBytes.Length..]),
                "a packet was taken apart wrongly");
        }

        if (DerpPayload.TryReadPeerGone(payload, out var key, out var reason) && payload.Length > KeyBytes.Length)
        {
            var length = DerpFrame.WritePeerGone(_written, key, reason);
            Compare(payload, _written.AsSpan(DerpProtocol.HeaderLength, length - DerpProtocol.HeaderLength));
        }

        if (DerpPayload.TryReadPeerPresent(payload, out var present) && payload.Length >= DerpProtocol.PeerPresentLength)
        {
            var length = DerpFrame.WritePeerPresent(_written, present.Key, present.Address!, present.Flags);
            Compare(payload, _written.AsSpan(DerpProtocol.HeaderLength, length - DerpProtocol.HeaderLength));
            tally.Count("client: peer present");
        }

        if (DerpPayload.TryReadRestarting(payload, out var reconnectIn, out var tryFor))
        {
            var length = DerpFrame.WriteRestarting(_written, reconnectIn, tryFor);
            Compare(payload, _written.AsSpan(DerpProtocol.HeaderLength, length - DerpProtocol.HeaderLength));
        }
    }

    // What is behind the known bytes belongs to a later version.
    private static void Compare(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> written) =>
        RuleBrokenException.Require(payload.StartsWith(written), "what was read is not what is written");
}
