using System.Buffers.Binary;

namespace MeshControl.Fuzz.Mutations;

/// <summary>Changes of bytes that know nothing of what the bytes mean, in a buffer that is used again for each input.</summary>
public sealed class ByteMutator
{
    private static readonly byte[] Edges = [0x00, 0x01, 0x7F, 0x80, 0xFF, (byte)'"', (byte)'\\', (byte)'{', (byte)'[', 0xC3, 0xED];
    private static readonly int[] Numbers = [0, 1, 15, 16, 17, 127, 128, 255, 256, 4077, 4093, 4094, 4096, 0x7FFF, 0x8000, 0xFFFF];

    private readonly byte[] _bytes;

    /// <param name="capacity">Longest input; what a mutation would put behind it is cut off.</param>
    public ByteMutator(int capacity) => _bytes = new byte[capacity];

    public int Length { get; private set; }

    public Span<byte> Span => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Load(ReadOnlySpan<byte> bytes)
    {
        Length = Math.Min(bytes.Length, _bytes.Length);
        bytes[..Length].CopyTo(_bytes);
    }

    public void Append(ReadOnlySpan<byte> bytes) => Replace(Length, 0, bytes);

    /// <summary>Puts bytes in the place of others.</summary>
    public void Replace(int start, int removed, ReadOnlySpan<byte> bytes)
    {
        var inserted = Math.Min(bytes.Length, _bytes.Length - start);
        var rest = Math.Min(Length - start - removed, _bytes.Length - start - inserted);
        _bytes.AsSpan(start + removed, rest).CopyTo(_bytes.AsSpan(start + inserted));
        bytes[..inserted].CopyTo(_bytes.AsSpan(start));
        Length = start + inserted + rest;
    }

    /// <summary>One to a few changes: bits, bytes, numbers, cuts, repetitions, splices with another input, noise.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="other">What splices are taken from.</param>
    public void Mutate(FuzzRandom random, ReadOnlySpan<byte> other)
    {
        var changes = 1 + (random.OneIn(3) ? random.Below(6) : 0);
        for (var i = 0; i < changes; i++)
        {
            MutateOnce(random, other);
        }
    }

    private void MutateOnce(FuzzRandom random, ReadOnlySpan<byte> other)
    {
        if (Length == 0)
        {
            Append(Noise(random, stackalloc byte[1 + random.Below(16)]));
            return;
        }

        var at = random.Below(Length);
        switch (random.Below(10))
        {
            case 0 or 1:
                _bytes[at] ^= (byte)(1 << random.Below(8));
                break;
            case 2:
                _bytes[at] = random.Pick(Edges);
                break;
            case 3:
                WriteNumber(random, at);
                break;
            case 4:
                Length = at;
                break;
            case 5:
                Replace(at, Math.Min(1 + random.Below(16), Length - at), default);
                break;
            case 6:
                Replace(at, 0, Noise(random, stackalloc byte[1 + random.Below(16)]));
                break;
            case 7:
                Repeat(random, at);
                break;
            case 8 when other.Length > 0:
                var from = random.Below(other.Length);
                var piece = other.Slice(from, 1 + random.Below(other.Length - from));
                Replace(at, random.OneIn(2) ? Length - at : 0, piece);
                break;
            default:
                Noise(random, Span.Slice(at, 1 + random.Below(Math.Min(8, Length - at))));
                break;
        }
    }

    private static Span<byte> Noise(FuzzRandom random, Span<byte> bytes)
    {
        random.Fill(bytes);
        return bytes;
    }

    // Most length fields are two or four bytes, of either order.
    private void WriteNumber(FuzzRandom random, int at)
    {
        var number = random.Pick(Numbers) + (random.OneIn(4) ? random.Below(3) - 1 : 0);
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        switch (random.Below(4))
        {
            case 0:
                BinaryPrimitives.WriteInt32BigEndian(bytes, number);
                break;
            case 1:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)number);
                bytes = bytes[..sizeof(ushort)];
                break;
            default:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)number);
                bytes = bytes[..sizeof(ushort)];
                break;
        }

        bytes[..Math.Min(bytes.Length, Length - at)].CopyTo(_bytes.AsSpan(at));
    }

    private void Repeat(FuzzRandom random, int at)
    {
        Span<byte> piece = stackalloc byte[Math.Min(1 + random.Below(64), Length - at)];
        Span.Slice(at, piece.Length).CopyTo(piece);
        var times = 1 + random.Below(random.OneIn(8) ? 200 : 3);
        for (var i = 0; i < times; i++)
        {
            Replace(at, 0, piece);
        }
    }
}
