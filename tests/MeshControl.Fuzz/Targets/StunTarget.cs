using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using MeshControl.Derp.Stun;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Stun;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Fuzz.Targets;

/// <summary>
/// Datagrams at the STUN port, of which most have a right fingerprint, since hardly a mutated one would; and answers of other servers, as our
/// own checks read them.
/// </summary>
public sealed class StunTarget : FuzzTarget
{
    private const int MaxInput = StunMessage.MaxRequestLength + 64;
    private const int FingerprintLength = 8;
    private const uint FingerprintMask = 0x5354554E;

    private static readonly byte[] Address4 = [203, 0, 113, 5];
    private static readonly byte[] Address6 = IPAddress.Parse("2001:db8::1").GetAddressBytes();
    private static readonly byte[] Mapped = IPAddress.Parse("::ffff:203.0.113.5").GetAddressBytes();

    private readonly ByteMutator _input = new(MaxInput);
    private readonly List<byte[]> _requests = [];
    private readonly List<byte[]> _answers = [];
    private readonly byte[] _buffer = new byte[StunMessage.MaxResponseLength];
    private readonly StunMetrics _metrics = new();
    private readonly OneDatagram _socket = new();
    private readonly StunResponder _responder;

    public StunTarget()
    {
        _responder = new StunResponder(_socket, _metrics, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var id = new StunTransactionId([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        var request = new byte[StunMessage.RequestLength];
        StunMessage.WriteRequest(id, request);
        _requests.Add(request);
        // More attributes than clients write: an unknown one, one that is filled up, an empty one.
        _requests.Add([.. request[..20], 0x80, 0xFF, 0, 3, 1, 2, 3, 0, .. request[20..32], 0x00, 0x06, 0, 0, .. request[32..]]);
        _requests.Add([.. request[..32], .. new byte[StunMessage.MaxRequestLength - request.Length], .. request[32..]]);
        foreach (var address in (byte[][])[Address4, Address6, Mapped])
        {
            _answers.Add(_buffer[..StunMessage.WriteResponse(id, address, 41641, _buffer)]);
        }

        _answers.Add([.. _answers[0][..20], 0x80, 0x22, 0, 1, (byte)'x', 0, 0, 0, .. _answers[0][20..], .. request[32..]]);
        _answers.Add([.. _answers[0][..20], 0, 1, 0, 8, 0, 1, 0xA2, 0xA9, .. Address4]);
        _requests.Add(_answers[0]);
    }

    public override string Name => "stun";

    public override long MaxAllocated => 64 * 1024;

    public override void Run(FuzzRandom random, Tally tally)
    {
        if (random.OneIn(4))
        {
            RunAnswer(random, tally);
        }
        else
        {
            RunRequest(random, tally);
        }
    }

    public override void Dispose()
    {
        _socket.Dispose();
        _metrics.Dispose();
        base.Dispose();
    }

    private void RunRequest(FuzzRandom random, Tally tally)
    {
        _input.Load(random.Pick(_requests));
        if (!random.OneIn(16))
        {
            _input.Mutate(random, random.Pick(_requests));
        }

        if (_input.Length >= FingerprintLength && !random.OneIn(4))
        {
            var body = _input.Span[..^FingerprintLength];
            BinaryPrimitives.WriteUInt32BigEndian(_input.Span[^sizeof(uint)..], Crc32.Compute(body) ^ FingerprintMask);
        }

        var refusal = StunMessage.TryReadRequest(_input.Span, out var id);
        _socket.Load(_input.Memory, random.Pick<byte[]>([Address4, Address6, Mapped]));
        _responder.ServeOne();
        tally.Count($"stun: {refusal}");
        if (refusal != StunRefusal.None)
        {
            RuleBrokenException.Require(_socket.AnswerLength < 0, "what was refused was answered");
            RuleBrokenException.Require(id == default, "what was refused has a transaction");
            return;
        }

        CheckRequest(id);
        RuleBrokenException.Require(
            StunMessage.TryReadResponse(_socket.Answer, out var answered, out var mapped) && answered == id
            && mapped.Equals(_socket.Expected),
            "the answer is not the request's");
        RuleBrokenException.Require(_socket.AnswerLength <= 44 && _input.Length >= 40, "an answer is much longer than its request");
    }

    // Of 40 bytes there is only one form; the length in the header, which the fingerprint covers, is all that is free.
    private void CheckRequest(StunTransactionId id)
    {
        RuleBrokenException.Require(_input.Span.Slice(8, StunTransactionId.Length).SequenceEqual(id.Span), "another transaction was read");
        if (_input.Length != StunMessage.RequestLength)
        {
            return;
        }

        Span<byte> written = stackalloc byte[StunMessage.RequestLength];
        StunMessage.WriteRequest(id, written);
        RuleBrokenException.Require(
            _input.Span[..2].SequenceEqual(written[..2]) && _input.Span[4..^sizeof(uint)].SequenceEqual(written[4..^sizeof(uint)]),
            "what was accepted is not what is written");
    }

    private void RunAnswer(FuzzRandom random, Tally tally)
    {
        _input.Load(random.Pick(_answers));
        if (!random.OneIn(8))
        {
            _input.Mutate(random, random.Pick(_answers));
        }

        if (!StunMessage.TryReadResponse(_input.Span, out var id, out var mapped))
        {
            tally.Count("stun: no answer");
            return;
        }

        RuleBrokenException.Require(!mapped.Address.IsIPv4MappedToIPv6, "an IPv4 address in IPv6 form");
        var length = StunMessage.WriteResponse(id, mapped.Address.GetAddressBytes(), (ushort)mapped.Port, _buffer);
        RuleBrokenException.Require(
            StunMessage.TryReadResponse(_buffer.AsSpan(0, length), out var same, out var again) && same == id && again.Equals(mapped),
            "an answer was changed by reading and writing it");
        tally.Count("stun: answer read");
    }

    /// <summary>Hands one datagram over, and keeps what it is answered with.</summary>
    private sealed class OneDatagram() : StunSocket(BindAny())
    {
        private readonly byte[] _answer = new byte[StunMessage.MaxResponseLength];
        private ReadOnlyMemory<byte> _datagram;
        private byte[] _peer = [];

        public int AnswerLength { get; private set; }

        public ReadOnlySpan<byte> Answer => _answer.AsSpan(0, AnswerLength);

        public IPEndPoint Expected => new(IPAddress.Parse(_peer.Length == 16 && _peer[0] == 0x20 ? "2001:db8::1" : "203.0.113.5"), PeerPort);

        public override ReadOnlySpan<byte> PeerAddress => _peer;

        public override ushort PeerPort => 41641;

        public void Load(ReadOnlyMemory<byte> datagram, byte[] peer)
        {
            _datagram = datagram;
            _peer = peer;
            AnswerLength = -1;
        }

        public override bool TryReceive(out ReadOnlySpan<byte> datagram)
        {
            datagram = _datagram.Span;
            return true;
        }

        public override bool TryAnswer(ReadOnlySpan<byte> answer)
        {
            RuleBrokenException.Require(AnswerLength < 0, "two answers to one datagram");
            answer.CopyTo(_answer);
            AnswerLength = answer.Length;
            return true;
        }

        private static Socket BindAny()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        }
    }
}
