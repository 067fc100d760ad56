using System.Collections.ObjectModel;
using System.Net.Security;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Http;

/// <summary>
/// Tells clients the relay's key in the course of TLS, so that they log in with their first flight and save a round trip: by a certificate
/// behind those of the chain, which proves nothing, has <c>derpkey</c> and the key for its name and the protocol's version for its number.
/// </summary>
public static class FastStart
{
    /// <summary>What stands before the 64 hex digits of the key.</summary>
    public const string NamePrefix = "derpkey";

    /// <summary>Nobody looks at the dates but some platforms' verifiers, which complain about certificates that hold for very long.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromDays(30);

    /// <summary>Makes a server that uses <paramref name="context"/> send the certificate too. To be called before the context is used.</summary>
    /// <returns>False when it cannot be done with this runtime: clients then start the slow way.</returns>
    public static bool TryAnnounce(SslStreamCertificateContext context, DerpPublicKey key, DateTimeOffset now)
    {
        try
        {
            // The public way to make a context keeps nothing that is not part of the chain.
            ref var sent = ref Intermediates(context);
            sent = [.. sent, Create(key, now)];
            return ReferenceEquals(sent, context.IntermediateCertificates);
        }
        catch (MissingFieldException)
        {
            return false;
        }
    }

    /// <summary>Makes the certificate, without the key that signed it: nobody needs that again.</summary>
    internal static X509Certificate2 Create(DerpPublicKey key, DateTimeOffset now)
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName($"CN={NamePrefix}{key}");
        var request = new CertificateRequest(name, signer, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        var number = new BigInteger(DerpProtocol.Version).ToByteArray(isUnsigned: true, isBigEndian: true);
        var generator = X509SignatureGenerator.CreateForECDsa(signer);
        return request.Create(name, generator, now - Margin, now + Margin, number);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<IntermediateCertificates>k__BackingField")]
    private static extern ref ReadOnlyCollection<X509Certificate2> Intermediates(SslStreamCertificateContext context);
}
