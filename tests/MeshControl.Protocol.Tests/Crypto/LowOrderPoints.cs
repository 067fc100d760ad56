using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Crypto;

/// <summary>All encodings of points of low order on Curve25519: any agreement with one of them is zero.</summary>
internal static class LowOrderPoints
{
    // 0, 1, two points of order 8, p - 1, p and p + 1; X25519 ignores the topmost bit, so each has a twin.
    private static readonly string[] WithoutTopBit =
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    public static IEnumerable<KeyBytes> All
    {
        get
        {
            foreach (var hex in WithoutTopBit)
            {
                var bytes = Convert.FromHexString(hex);
                yield return new KeyBytes(bytes);
                bytes[^1] |= 0x80;
                yield return new KeyBytes(bytes);
            }
        }
    }
}
