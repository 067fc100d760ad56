using System.Buffers.Binary;
using System.Numerics;

namespace MeshControl.Protocol.Crypto;

/// <summary>
/// The core of the Salsa20 stream cipher and HSalsa20, which derives a key from a longer nonce (D. J. Bernstein, "Extending the Salsa20
/// nonce"). Only additions, rotations and exclusive ors: the time taken tells nothing about keys or data.
/// </summary>
internal static class Salsa20
{
    public const int KeyLength = 32;
    public const int NonceLength = 8;
    public const int BlockLength = 64;

    /// <summary>Bytes that <see cref="DeriveKey"/> mixes into a key.</summary>
    public const int DeriveInputLength = 16;

    private const int DoubleRounds = 10;
    private const int Words = BlockLength / sizeof(uint);

    // "expand 32-byte k", which stands on the diagonal of the state.
    private const uint Constant0 = 0x61707865;
    private const uint Constant1 = 0x3320646E;
    private const uint Constant2 = 0x79622D32;
    private const uint Constant3 = 0x6B206574;

    /// <summary>HSalsa20: 32 bytes from a key and 16 further bytes.</summary>
    public static void DeriveKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> derived)
    {
        Span<uint> state = stackalloc uint[Words];
        Fill(state, key, input[..DeriveInputLength]);
        Mix(state);
        // The words where constants and input stood, without the addition that ends a block: who knows both could undo it.
        ReadOnlySpan<int> taken = [0, 5, 10, 15, 6, 7, 8, 9];
        for (var i = 0; i < taken.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(derived[(i * sizeof(uint))..], state[taken[i]]);
        }

        state.Clear();
    }

    /// <summary>Writes the 64 bytes of the key stream at the position counted in blocks.</summary>
    public static void WriteBlock(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ulong position, Span<byte> block)
    {
        Span<byte> input = stackalloc byte[DeriveInputLength];
        nonce[..NonceLength].CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[NonceLength..], position);
        Span<uint> start = stackalloc uint[Words];
        Span<uint> state = stackalloc uint[Words];
        Fill(start, key, input);
        start.CopyTo(state);
        Mix(state);
        for (var i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block[(i * sizeof(uint))..], state[i] + start[i]);
        }

        start.Clear();
        state.Clear();
    }

    private static void Fill(Span<uint> state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        state[0] = Constant0;
        state[5] = Constant1;
        state[10] = Constant2;
        state[15] = Constant3;
        for (var i = 0; i < 4; i++)
        {
            state[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * sizeof(uint))..]);
            state[6 + i] = BinaryPrimitives.ReadUInt32LittleEndian(input[(i * sizeof(uint))..]);
            state[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + (i * sizeof(uint)))..]);
        }
    }

    private static void Mix(Span<uint> state)
    {
        for (var round = 0; round < DoubleRounds; round++)
        {
            QuarterRound(state, 0, 4, 8, 12);
            QuarterRound(state, 5, 9, 13, 1);
            QuarterRound(state, 10, 14, 2, 6);
            QuarterRound(state, 15, 3, 7, 11);
            QuarterRound(state, 0, 1, 2, 3);
            QuarterRound(state, 5, 6, 7, 4);
            QuarterRound(state, 10, 11, 8, 9);
            QuarterRound(state, 15, 12, 13, 14);
        }
    }

    private static void QuarterRound(Span<uint> state, int a, int b, int c, int d)
    {
        state[b] ^= BitOperations.RotateLeft(state[a] + state[d], 7);
        state[c] ^= BitOperations.RotateLeft(state[b] + state[a], 9);
        state[d] ^= BitOperations.RotateLeft(state[c] + state[b], 13);
        state[a] ^= BitOperations.RotateLeft(state[d] + state[c], 18);
    }
}
