using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace MeshControl.Protocol.Crypto;

/// <summary>
/// BLAKE2s-256 without a key (RFC 7693). A value type: hashing allocates nothing. Neither branches nor table look-ups
/// depend on the data. Start with <see cref="Create"/>; an instance is spent after <see cref="Finish"/>.
/// </summary>
internal struct Blake2s
{
    public const int HashLength = 32;
    public const int BlockLength = 64;

    private const int Rounds = 10;
    private const int WordsPerBlock = 16;

    // First word of the parameter block: digest length 32, no key, fan-out 1, depth 1 (RFC 7693 section 2.5).
    private const uint Parameters = 0x0101_0000 | HashLength;

    // The initial chain values of RFC 7693 section 2.6 (those of SHA-256).
    private const uint Iv0 = 0x6A09E667;
    private const uint Iv1 = 0xBB67AE85;
    private const uint Iv2 = 0x3C6EF372;
    private const uint Iv3 = 0xA54FF53A;
    private const uint Iv4 = 0x510E527F;
    private const uint Iv5 = 0x9B05688C;
    private const uint Iv6 = 0x1F83D9AB;
    private const uint Iv7 = 0x5BE0CD19;

    private Chain _chain;
    private Block _block;
    private int _filled;
    private ulong _counter;

    // SIGMA of RFC 7693 section 2.7: one row per round, the order in which message words enter it.
    private static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ];

    public static Blake2s Create()
    {
        var hash = default(Blake2s);
        hash._chain[0] = Iv0 ^ Parameters;
        hash._chain[1] = Iv1;
        hash._chain[2] = Iv2;
        hash._chain[3] = Iv3;
        hash._chain[4] = Iv4;
        hash._chain[5] = Iv5;
        hash._chain[6] = Iv6;
        hash._chain[7] = Iv7;
        return hash;
    }

    /// <summary>Hashes two spans as if they were one; the second may be empty.</summary>
    public static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> digest)
    {
        var hash = Create();
        hash.Update(first);
        hash.Update(second);
        hash.Finish(digest);
    }

    public void Update(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            // A full block waits until more data shows that it is not the last one, which is compressed differently.
            if (_filled == BlockLength)
            {
                Compress(isLast: false);
                _filled = 0;
            }

            var taken = Math.Min(BlockLength - _filled, data.Length);
            data[..taken].CopyTo(_block[_filled..]);
            _filled += taken;
            _counter += (uint)taken;
            data = data[taken..];
        }
    }

    /// <summary>Writes the 32-byte digest and forgets everything that was hashed.</summary>
    public void Finish(Span<byte> digest)
    {
        _block[_filled..].Clear();
        Compress(isLast: true);
        for (var i = 0; i < HashLength / sizeof(uint); i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(digest[(i * sizeof(uint))..], _chain[i]);
        }

        CryptographicOperations.ZeroMemory(_block);
        ((Span<uint>)_chain).Clear();
    }

    private void Compress(bool isLast)
    {
        Span<uint> words = stackalloc uint[WordsPerBlock];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(_block[(i * sizeof(uint))..]);
        }

        // The 4 × 4 state by rows a, b, c, d; sixteen locals, so that the compiler can keep them in registers.
        uint a0 = _chain[0], a1 = _chain[1], a2 = _chain[2], a3 = _chain[3];
        uint b0 = _chain[4], b1 = _chain[5], b2 = _chain[6], b3 = _chain[7];
        uint c0 = Iv0, c1 = Iv1, c2 = Iv2, c3 = Iv3;
        uint d0 = Iv4 ^ (uint)_counter, d1 = Iv5 ^ (uint)(_counter >> 32);
        uint d2 = isLast ? ~Iv6 : Iv6, d3 = Iv7;

        for (var round = 0; round < Rounds; round++)
        {
            var order = Schedule.Slice(round * WordsPerBlock, WordsPerBlock);
            Mix(ref a0, ref b0, ref c0, ref d0, words[order[0]], words[order[1]]);
            Mix(ref a1, ref b1, ref c1, ref d1, words[order[2]], words[order[3]]);
            Mix(ref a2, ref b2, ref c2, ref d2, words[order[4]], words[order[5]]);
            Mix(ref a3, ref b3, ref c3, ref d3, words[order[6]], words[order[7]]);
            Mix(ref a0, ref b1, ref c2, ref d3, words[order[8]], words[order[9]]);
            Mix(ref a1, ref b2, ref c3, ref d0, words[order[10]], words[order[11]]);
            Mix(ref a2, ref b3, ref c0, ref d1, words[order[12]], words[order[13]]);
            Mix(ref a3, ref b0, ref c1, ref d2, words[order[14]], words[order[15]]);
        }

        _chain[0] ^= a0 ^ c0;
        _chain[1] ^= a1 ^ c1;
        _chain[2] ^= a2 ^ c2;
        _chain[3] ^= a3 ^ c3;
        _chain[4] ^= b0 ^ d0;
        _chain[5] ^= b1 ^ d1;
        _chain[6] ^= b2 ^ d2;
        _chain[7] ^= b3 ^ d3;
        words.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint first, uint second)
    {
        a += b + first;
        d = BitOperations.RotateRight(d ^ a, 16);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 12);
        a += b + second;
        d = BitOperations.RotateRight(d ^ a, 8);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 7);
    }

    [InlineArray(HashLength / sizeof(uint))]
    private struct Chain
    {
        private uint _first;
    }

    [InlineArray(BlockLength)]
    private struct Block
    {
        private byte _first;
    }
}
