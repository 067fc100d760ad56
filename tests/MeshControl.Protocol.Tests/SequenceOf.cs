using System.Buffers;

namespace MeshControl.Protocol.Tests;

/// <summary>Sequences of several segments, as pipes hand them out.</summary>
internal static class SequenceOf
{
    public static ReadOnlySequence<byte> Segments(params byte[][] parts)
    {
        var first = new Segment(parts[0], index: 0);
        var last = first;
        foreach (var part in parts.AsSpan(1))
        {
            last = last.Append(part);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>One segment per byte: the worst that can happen to a parser.</summary>
    public static ReadOnlySequence<byte> SingleBytes(byte[] bytes) => Segments([.. bytes.Select(value => new[] { value })]);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
