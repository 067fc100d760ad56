using System.Text;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;

namespace MeshControl.Fuzz.Targets.Noise;

/// <summary>What a server may say first in a channel.</summary>
internal sealed class EarlyPayloadInputs
{
    private readonly ByteMutator _input = new(8 * 1024);
    private readonly byte[] _valid = EarlyPayload.Encode(new ChallengePublicKey(SomeKey()));
    private readonly byte[] _other =
    [
        0xFF, 0xFF, 0xFF, (byte)'T', (byte)'S', 0, 0, 0, 41,
        .. Encoding.UTF8.GetBytes("{\"nodeKeyChallenge\":\"\\ud800\",\"x\":[1,{}]} "),
    ];

    public void Run(FuzzRandom random, Tally tally)
    {
        _input.Load(random.OneIn(4) ? _other : _valid);
        if (!random.OneIn(20))
        {
            _input.Mutate(random, _other);
            if (random.OneIn(3))
            {
                JsonMutator.Mutate(_input, random, _other.AsSpan(EarlyPayload.HeaderLength));
            }
        }

        var status = EarlyPayload.TryParse(_input.Span, out var challenge, out var consumed);
        RuleBrokenException.Require(
            status == EarlyPayloadStatus.Done
                ? consumed >= EarlyPayload.HeaderLength && consumed <= _input.Length
                : consumed == 0 && challenge.IsZero,
            "the cursor moved without a payload");
        tally.Count($"early payload: {status}");
    }

    private static KeyBytes SomeKey()
    {
        Span<byte> bytes = stackalloc byte[KeyBytes.Length];
        bytes.Fill(7);
        return new KeyBytes(bytes);
    }
}
