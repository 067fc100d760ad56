using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;

namespace MeshControl.Fuzz.Targets;

/// <summary>Something that reads what others wrote: peers mostly, and administrators.</summary>
public abstract class FuzzTarget : IDisposable
{
    public static IReadOnlyList<string> Names { get; } = ["noise", "json", "frames", "derp", "stun", "policy"];

    public abstract string Name { get; }

    /// <summary>Most bytes that one input may make the thread allocate, with what the target itself needs.</summary>
    public abstract long MaxAllocated { get; }

    public static FuzzTarget Create(string name) => name switch
    {
        "noise" => new NoiseTarget(),
        "json" => new JsonTarget(),
        "derp" => new DerpTarget(),
        "stun" => new StunTarget(),
        "policy" => new PolicyTarget(),
        _ => new FramesTarget(),
    };

    /// <summary>Makes one input and feeds it to the code under test.</summary>
    /// <param name="random">All that the input follows from.</param>
    /// <param name="tally">Where is counted how far it got.</param>
    /// <exception cref="RuleBrokenException">The code did what it must not do. Any other exception means the same.</exception>
    public abstract void Run(FuzzRandom random, Tally tally);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
