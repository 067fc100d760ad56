namespace MeshControl.Protocol.Stun;

/// <summary>The CRC-32 of Ethernet and ZIP, which the framework has only in a package.</summary>
internal static class Crc32
{
    // The generator polynomial 0x04C11DB7, its bits in reverse.
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value => OfByte((uint)value))];

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var remainder = uint.MaxValue;
        foreach (var value in bytes)
        {
            remainder = (remainder >> 8) ^ Table[(byte)(remainder ^ value)];
        }

        return ~remainder;
    }

    private static uint OfByte(uint remainder)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            remainder = (remainder & 1) == 0 ? remainder >> 1 : (remainder >> 1) ^ Polynomial;
        }

        return remainder;
    }
}
