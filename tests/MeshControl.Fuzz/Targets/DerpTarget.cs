using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Fuzz.Targets.Derp;

namespace MeshControl.Fuzz.Targets;

/// <summary>The relay: heads of requests, frames in both directions, and logins, whose key agreements cost much more than a frame.</summary>
public sealed class DerpTarget : FuzzTarget
{
    private readonly RelayInputs _relay = new();
    private readonly ClientInputs _client = new();
    private readonly HeadInputs _heads = new();
    private readonly LoginInputs _login = new();

    public override string Name => "derp";

    public override long MaxAllocated => 1024 * 1024;

    public override void Run(FuzzRandom random, Tally tally)
    {
        switch (random.Below(100))
        {
            case < 56:
                _relay.Run(random, tally);
                break;
            case < 84:
                _client.RunFrames(random, tally);
                break;
            case < 90:
                _client.RunAnswer(random, tally);
                break;
            case < 98:
                _heads.Run(random, tally);
                break;
            default:
                _login.Run(random, tally);
                break;
        }
    }

    public override void Dispose()
    {
        _relay.Dispose();
        _heads.Dispose();
        _login.Dispose();
        base.Dispose();
    }
}
