using System.Buffers;

namespace MeshControl.Fuzz.Mutations;

/// <summary>Cuts bytes into pieces, as pipes hand them out.</summary>
public static class Segments
{
    private const int MaxPieces = 8;

    /// <summary>One piece as a rule, sometimes several, sometimes empty ones in between.</summary>
    public static ReadOnlySequence<byte> Cut(ReadOnlyMemory<byte> bytes, FuzzRandom random)
    {
        if (!random.OneIn(3))
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        var first = new Segment(default, 0);
        var last = first;
        var rest = bytes;
        for (var pieces = random.Below(MaxPieces); pieces > 0; pieces--)
        {
            var length = random.OneIn(2) ? random.Below(Math.Min(rest.Length, 8) + 1) : random.Below(rest.Length + 1);
            last = last.Append(rest[..length]);
            rest = rest[length..];
        }

        last = last.Append(rest);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
