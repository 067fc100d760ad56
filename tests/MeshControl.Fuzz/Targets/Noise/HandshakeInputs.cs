using System.Text;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;

namespace MeshControl.Fuzz.Targets.Noise;

/// <summary>Both messages of the handshake, at both ends.</summary>
internal sealed class HandshakeInputs : IDisposable
{
    private const int Version = 130;

    // Made from fixed bytes, so that an input is the same in every run.
    private readonly X25519PrivateKey _serverKey = Key(1);
    private readonly X25519PrivateKey _machineKey = Key(2);
    private readonly X25519PrivateKey _serverEphemeral = Key(4);
    private readonly ByteMutator _input = new(8 * 1024);
    private readonly byte[] _initiation;
    private readonly byte[] _header;
    private readonly byte[] _answer = new byte[NoiseProtocol.ResponseLength];
    private readonly byte[] _decoded = new byte[NoiseProtocol.InitiationLength];
    private readonly byte[] _response = new byte[NoiseProtocol.ResponseLength];
    private readonly byte[] _refusal = NoiseErrorFrame.Encode("the server is full; come back later");
    private readonly char[] _text = new char[8 * 1024];

    public HandshakeInputs()
    {
        using var client = StartClient();
        _initiation = client.Initiation.ToArray();
        _header = Encoding.ASCII.GetBytes(client.InitiationHeader);
        RuleBrokenException.Require(
            NoiseServerHandshake.TryRespond(_serverKey, _serverEphemeral, _initiation, _answer, out var session) == HandshakeResult.Ok,
            "the handshake that all others are made from does not succeed");
        session!.Dispose();
    }

    /// <summary>The header of the upgrade request, from text on.</summary>
    public void RunInitiation(FuzzRandom random, Tally tally)
    {
        _input.Load(_header);
        _input.Mutate(random, _refusal);
        var length = Encoding.Latin1.GetChars(_input.Span, _text);
        if (!NoiseProtocol.TryDecodeInitiation(_text.AsSpan(0, length), _decoded))
        {
            tally.Count("initiation: no header");
            return;
        }

        // Nine in ten that would cost a key agreement go on only to where the layout is read.
        if (!random.OneIn(10))
        {
            _decoded[random.Below(NoiseProtocol.VersionLength + NoiseProtocol.HeaderLength)] ^= 0x10;
        }

        Respond(_decoded, tally);
    }

    /// <summary>Bytes that pass as an initiation's layout, so that the rest of it is looked at.</summary>
    public void RunForgedInitiation(FuzzRandom random, Tally tally)
    {
        _initiation.CopyTo(_decoded, 0);
        var body = _decoded.AsSpan(NoiseProtocol.VersionLength + NoiseProtocol.HeaderLength);
        switch (random.Below(4))
        {
            case 0:
                random.Fill(body);
                break;
            case 1:
                // A point of low order, with which everything agrees on zero.
                body[..NoiseProtocol.KeyLength].Clear();
                body[0] = (byte)random.Below(2);
                break;
            case 2:
                body[random.Below(body.Length)] ^= (byte)(1 << random.Below(8));
                break;
            default:
                break;
        }

        Respond(_decoded, tally);
    }

    /// <summary>The start of a server's answer, which tells its length.</summary>
    public void RunAnswerHead(FuzzRandom random, Tally tally)
    {
        _input.Load(random.OneIn(2) ? _answer : _refusal);
        _input.Mutate(random, _answer);
        if (_input.Length < NoiseProtocol.HeaderLength)
        {
            tally.Count("answer: too short");
            return;
        }

        var isAnswer = NoiseClientHandshake.TryGetAnswerLength(_input.Span, out var length);
        RuleBrokenException.Require(!isAnswer || length is > 0 and <= NoiseErrorFrame.MaxLength, "an answer of any length is awaited");
        var isRefusal = NoiseErrorFrame.TryParse(_input.Span, out var text);
        RuleBrokenException.Require(isRefusal == text is not null, "a refusal has a text, and nothing else has");
        tally.Count(isRefusal ? "answer: refusal" : isAnswer ? "answer: has a length" : "answer: none");
    }

    /// <summary>A server's whole answer, at a client that waits for it.</summary>
    public void RunAnswer(FuzzRandom random, Tally tally)
    {
        _input.Load(random.OneIn(6) ? _refusal : _answer);
        var isUntouched = random.OneIn(5);
        if (!isUntouched)
        {
            _input.Mutate(random, _refusal);
            isUntouched = _input.Span.SequenceEqual(_answer);
        }

        using var client = StartClient();
        var result = client.TryFinish(_input.Span, out var session);
        RuleBrokenException.Require(result == HandshakeResult.Ok == session is not null, "a session stands for a handshake that succeeded");
        RuleBrokenException.Require(
            result != HandshakeResult.Ok || _input.Span.SequenceEqual(_answer), "an answer was accepted that the server did not give");
        RuleBrokenException.Require(
            !isUntouched || result is HandshakeResult.Ok or HandshakeResult.Refused, "the server's own answer was not accepted");
        session?.Dispose();
        tally.Count($"client: {result}");
    }

    public void Dispose()
    {
        _serverKey.Dispose();
        _machineKey.Dispose();
        _serverEphemeral.Dispose();
    }

    private static X25519PrivateKey Key(byte number)
    {
        Span<byte> secret = stackalloc byte[NoiseProtocol.KeyLength];
        secret.Fill(number);
        return X25519PrivateKey.Import(secret);
    }

    private NoiseClientHandshake StartClient() => NoiseClientHandshake.Start(_machineKey, Key(3), _serverKey.PublicKey, Version);

    private void Respond(ReadOnlySpan<byte> initiation, Tally tally)
    {
        var result = NoiseServerHandshake.TryRespond(_serverKey, initiation, _response, out var session);
        RuleBrokenException.Require(result == HandshakeResult.Ok == session is not null, "a session stands for a handshake that succeeded");
        RuleBrokenException.Require(
            result != HandshakeResult.Ok || session!.PeerKey == _machineKey.PublicKey, "a machine key was accepted that nobody proved");
        session?.Dispose();
        tally.Count($"initiation: {result}");
    }
}
