using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Fuzz.Targets.Noise;

namespace MeshControl.Fuzz.Targets;

/// <summary>
/// The channel, from its first byte. Key agreements cost a hundred times what a record costs, so most inputs are records, and
/// enough are handshakes.
/// </summary>
public sealed class NoiseTarget : FuzzTarget
{
    private readonly RecordInputs _records = new();
    private readonly EarlyPayloadInputs _early = new();
    private readonly HandshakeInputs _handshakes = new();

    public override string Name => "noise";

    public override long MaxAllocated => 256 * 1024;

    public override void Run(FuzzRandom random, Tally tally)
    {
        switch (random.Below(1000))
        {
            case < 500:
                _records.Run(random, tally);
                break;
            case < 650:
                _records.RunPipe(random, tally);
                break;
            case < 800:
                _early.Run(random, tally);
                break;
            case < 950:
                _handshakes.RunInitiation(random, tally);
                break;
            case < 990:
                _handshakes.RunAnswerHead(random, tally);
                break;
            case < 997:
                _handshakes.RunForgedInitiation(random, tally);
                break;
            default:
                _handshakes.RunAnswer(random, tally);
                break;
        }
    }

    public override void Dispose()
    {
        _handshakes.Dispose();
        base.Dispose();
    }
}
