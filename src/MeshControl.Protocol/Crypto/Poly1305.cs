using System.Buffers.Binary;

namespace MeshControl.Protocol.Crypto;

/// <summary>
/// The one-time authenticator Poly1305 (RFC 8439 section 2.5): a polynomial over the message modulo p = 2^130 - 5. Numbers are five limbs
/// of 26 bits, so that products fit 64 bits, and nothing branches on their values.
/// </summary>
internal static class Poly1305
{
    public const int KeyLength = 32;
    public const int TagLength = 16;

    private const int BlockLength = 16;
    private const int LimbBits = 26;
    private const ulong LimbMask = (1UL << LimbBits) - 1;

    // The bit behind a full block, which tells a message from the same with zeros at its end.
    private const uint EndOfFullBlock = 1U << 24;

    /// <param name="key">32 bytes that authenticate this message and never another.</param>
    /// <param name="message">Any length.</param>
    /// <param name="tag">Receives 16 bytes.</param>
    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> tag)
    {
        Span<ulong> factor = stackalloc ulong[5];
        Span<ulong> sum = stackalloc ulong[5];
        // RFC 8439 clamps the factor: these masks are 0x0ffffffc0ffffffc0ffffffc0fffffff cut into limbs.
        factor[0] = Read(key, 0) & 0x3FFFFFF;
        factor[1] = (Read(key, 3) >> 2) & 0x3FFFF03;
        factor[2] = (Read(key, 6) >> 4) & 0x3FFC0FF;
        factor[3] = (Read(key, 9) >> 6) & 0x3F03FFF;
        factor[4] = (Read(key, 12) >> 8) & 0x00FFFFF;

        while (message.Length >= BlockLength)
        {
            Add(sum, message[..BlockLength], EndOfFullBlock);
            Multiply(sum, factor);
            message = message[BlockLength..];
        }

        if (!message.IsEmpty)
        {
            Span<byte> last = stackalloc byte[BlockLength];
            message.CopyTo(last);
            last[message.Length] = 1;
            Add(sum, last, 0);
            Multiply(sum, factor);
            last.Clear();
        }

        Finish(sum, key[BlockLength..KeyLength], tag);
        factor.Clear();
        sum.Clear();
    }

    private static uint Read(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static void Add(Span<ulong> sum, ReadOnlySpan<byte> block, uint end)
    {
        sum[0] += Read(block, 0) & LimbMask;
        sum[1] += (Read(block, 3) >> 2) & LimbMask;
        sum[2] += (Read(block, 6) >> 4) & LimbMask;
        sum[3] += (Read(block, 9) >> 6) & LimbMask;
        sum[4] += (Read(block, 12) >> 8) | end;
    }

    private static void Multiply(Span<ulong> sum, ReadOnlySpan<ulong> factor)
    {
        ulong h0 = sum[0], h1 = sum[1], h2 = sum[2], h3 = sum[3], h4 = sum[4];
        ulong r0 = factor[0], r1 = factor[1], r2 = factor[2], r3 = factor[3], r4 = factor[4];
        // A limb beyond the fifth counts 2^130 times its weight, which is 5 modulo p.
        ulong s1 = r1 * 5, s2 = r2 * 5, s3 = r3 * 5, s4 = r4 * 5;

        var d0 = (h0 * r0) + (h1 * s4) + (h2 * s3) + (h3 * s2) + (h4 * s1);
        var d1 = (h0 * r1) + (h1 * r0) + (h2 * s4) + (h3 * s3) + (h4 * s2);
        var d2 = (h0 * r2) + (h1 * r1) + (h2 * r0) + (h3 * s4) + (h4 * s3);
        var d3 = (h0 * r3) + (h1 * r2) + (h2 * r1) + (h3 * r0) + (h4 * s4);
        var d4 = (h0 * r4) + (h1 * r3) + (h2 * r2) + (h3 * r1) + (h4 * r0);

        d1 += d0 >> LimbBits;
        d2 += d1 >> LimbBits;
        d3 += d2 >> LimbBits;
        d4 += d3 >> LimbBits;
        sum[0] = (d0 & LimbMask) + ((d4 >> LimbBits) * 5);
        sum[1] = (d1 & LimbMask) + (sum[0] >> LimbBits);
        sum[0] &= LimbMask;
        sum[2] = d2 & LimbMask;
        sum[3] = d3 & LimbMask;
        sum[4] = d4 & LimbMask;
    }

    private static void Finish(Span<ulong> sum, ReadOnlySpan<byte> pad, Span<byte> tag)
    {
        // Twice around, since the carry out of the last limb comes back into the first.
        Carry(sum);
        Carry(sum);

        // sum - p, computed as sum + 5 - 2^130: the carry out of the last limb is 1 when sum was p or more, else 0.
        Span<ulong> reduced = stackalloc ulong[5];
        var carry = 5UL;
        for (var i = 0; i < 5; i++)
        {
            carry += sum[i];
            reduced[i] = carry & LimbMask;
            carry >>= LimbBits;
        }

        var take = 0UL - carry;
        for (var i = 0; i < 5; i++)
        {
            sum[i] = (sum[i] & ~take) | (reduced[i] & take);
        }

        reduced.Clear();

        var total = 0UL;
        ReadOnlySpan<uint> words =
        [
            (uint)(sum[0] | (sum[1] << 26)),
            (uint)((sum[1] >> 6) | (sum[2] << 20)),
            (uint)((sum[2] >> 12) | (sum[3] << 14)),
            (uint)((sum[3] >> 18) | (sum[4] << 8)),
        ];
        for (var i = 0; i < words.Length; i++)
        {
            total += (ulong)words[i] + Read(pad, i * sizeof(uint));
            BinaryPrimitives.WriteUInt32LittleEndian(tag[(i * sizeof(uint))..], (uint)total);
            total >>= 32;
        }
    }

    private static void Carry(Span<ulong> sum)
    {
        for (var i = 0; i < 4; i++)
        {
            sum[i + 1] += sum[i] >> LimbBits;
            sum[i] &= LimbMask;
        }

        sum[0] += (sum[4] >> LimbBits) * 5;
        sum[4] &= LimbMask;
    }
}
