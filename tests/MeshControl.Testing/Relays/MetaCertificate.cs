using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Protocol.Keys;

namespace MeshControl.Testing.Relays;

/// <summary>The certificate behind a relay's real ones that names the relay's key, so that a client need not wait for its greeting.</summary>
public static class MetaCertificate
{
    private const string Prefix = "derpkey";
    private const int MaxVersion = byte.MaxValue;

    /// <summary>Whether a certificate is one of these, and so none to be verified.</summary>
    public static bool IsOne(X509Certificate2 certificate) => CommonName(certificate).StartsWith(Prefix, StringComparison.Ordinal);

    /// <returns>The relay's key and protocol version from the first fit certificate; null if there is none.</returns>
    public static (KeyBytes Key, int Version)? Find(IEnumerable<X509Certificate2> certificates)
    {
        foreach (var certificate in certificates)
        {
            var name = CommonName(certificate);
            var serial = new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true);
            if (name.StartsWith(Prefix, StringComparison.Ordinal)
                && name.Length == Prefix.Length + (2 * KeyBytes.Length)
                && serial <= MaxVersion)
            {
                return (new KeyBytes(Convert.FromHexString(name[Prefix.Length..])), (int)serial);
            }
        }

        return null;
    }

    private static string CommonName(X509Certificate2 certificate) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
}
