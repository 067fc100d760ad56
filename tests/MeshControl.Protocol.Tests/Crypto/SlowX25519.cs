using System.Numerics;

namespace MeshControl.Protocol.Tests.Crypto;

/// <summary>X25519 as RFC 7748 section 5 writes it down, over big integers: slow, not for secrets, and independent of OpenSSL.</summary>
internal static class SlowX25519
{
    private const int Bits = 255;
    private const int A24 = 121665;

    private static readonly BigInteger P = BigInteger.Pow(2, Bits) - 19;

    public static byte[] PublicKey(byte[] scalar)
    {
        var basePoint = new byte[32];
        basePoint[0] = 9;
        return Multiply(scalar, basePoint);
    }

    public static byte[] Multiply(byte[] scalar, byte[] point)
    {
        var k = new BigInteger(scalar, isUnsigned: true);
        k = (k & (BigInteger.Pow(2, Bits - 1) - 8)) | BigInteger.Pow(2, Bits - 1);
        var x1 = new BigInteger(point, isUnsigned: true) & (BigInteger.Pow(2, Bits) - 1);
        BigInteger x2 = 1, z2 = 0, x3 = x1, z3 = 1;
        for (var t = Bits - 1; t >= 0; t--)
        {
            var isSet = ((k >> t) & 1) == 1;
            if (isSet)
            {
                (x2, x3, z2, z3) = (x3, x2, z3, z2);
            }

            var sum = x2 + z2;
            var difference = x2 - z2;
            var cross1 = (x3 - z3) * sum % P;
            var cross2 = (x3 + z3) * difference % P;
            var squaredSum = sum * sum % P;
            var squaredDifference = difference * difference % P;
            var e = squaredSum - squaredDifference;
            x3 = BigInteger.ModPow(cross1 + cross2, 2, P);
            z3 = x1 * BigInteger.ModPow(cross1 - cross2, 2, P) % P;
            x2 = squaredSum * squaredDifference % P;
            z2 = e * (squaredSum + (A24 * e)) % P;
            if (isSet)
            {
                (x2, x3, z2, z3) = (x3, x2, z3, z2);
            }
        }

        var result = x2 * BigInteger.ModPow(z2, P - 2, P) % P;
        if (result.Sign < 0)
        {
            result += P;
        }

        var bytes = new byte[32];
        Assert.True(result.TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }
}
