using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Http;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Client;

/// <summary>
/// The certificate by which a relay tells its key within TLS, so that the client can log in with its first flight: its common name is
/// <c>derpkey</c> and the key in hex, its serial number the protocol's version.
/// </summary>
internal static class MetaCertificate
{
    private const string NamePrefix = FastStart.NamePrefix;

    /// <summary>Versions have one byte.</summary>
    private const int VersionBytes = 1;

    public static bool IsNamedLikeOne(X509Certificate2 certificate) =>
        CommonNameOf(certificate)?.StartsWith(NamePrefix, StringComparison.Ordinal) == true;

    /// <summary>Looks for the first one that can be read.</summary>
    public static bool TryFind(IEnumerable<X509Certificate2> certificates, out DerpPublicKey key)
    {
        foreach (var certificate in certificates)
        {
            if (CommonNameOf(certificate) is { } name && name.StartsWith(NamePrefix, StringComparison.Ordinal)
                && DerpPublicKey.TryParse(name.AsSpan(NamePrefix.Length), out key)
                && certificate.SerialNumberBytes.Span.TrimStart((byte)0).Length <= VersionBytes)
            {
                return true;
            }
        }

        key = default;
        return false;
    }

    private static string? CommonNameOf(X509Certificate2 certificate) =>
        certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().FriendlyName == "CN")
            .Select(part => part.GetSingleElementValue())
            .FirstOrDefault();
}
