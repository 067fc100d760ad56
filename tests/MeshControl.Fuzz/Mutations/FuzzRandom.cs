namespace MeshControl.Fuzz.Mutations;

/// <summary>Random numbers that follow from a seed and an index, on every machine and for ever the same (SplitMix64).</summary>
public sealed class FuzzRandom(long seed, long index)
{
    private ulong _state = Mix((ulong)seed * 0xD1342543DE82EF95) ^ Mix((ulong)index + 0x9E3779B97F4A7C15);

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>From 0 to one below the bound, which is at least 1.</summary>
    public int Below(int bound) => (int)(((UInt128)Next() * (uint)bound) >> 64);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public byte NextByte() => (byte)Next();

    public void Fill(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
        {
            value = NextByte();
        }
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
