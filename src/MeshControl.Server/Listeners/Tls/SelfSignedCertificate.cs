using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeshControl.Server.Listeners.Tls;

/// <summary>
/// A certificate that nobody signed, for a relay whose server has none: clients are told its hash in the relay map, and by that take it for
/// what it is. It lies beside the relay's key and stays the same, since a new one is a new region to every client.
/// </summary>
internal sealed class SelfSignedCertificate : IDisposable
{
    /// <summary>What a key's file name may end with, before its extension; it is not a part of the certificate's.</summary>
    private const string KeySuffix = "_private";

    /// <summary>In years: nobody has to think of it.</summary>
    public const int Lifetime = 10;

    /// <summary>What clients' clocks may be behind.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(30);

    /// <summary>A server that is started less often than once a year is not one.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(365);

    private SelfSignedCertificate(X509Certificate2 certificate)
    {
        Certificate = certificate;
        Hash = Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));

        // Alone: clients that know a certificate by its hash take no other beside it.
        Context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>With its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>For handshakes.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>SHA-256 of its DER form, 64 lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>
    /// Where the file is, with certificate and key in it: beside the relay's key, and named after it, since two relays may keep their keys in
    /// one directory. <c>derp_server_private.key</c> has <c>derp_server_certificate.pem</c>.
    /// </summary>
    public static string PathBeside(string keyPath)
    {
        var name = Path.GetFileNameWithoutExtension(keyPath);
        name = name.EndsWith(KeySuffix, StringComparison.Ordinal) ? name[..^KeySuffix.Length] : name;
        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(keyPath))!, name + "_certificate.pem");
    }

    /// <summary>Takes the certificate of the file, or makes one if there is none, if it ends soon, or if it is for another host.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="host">A DNS name in ASCII form, or an address, which clients connect to.</param>
    /// <param name="time">Tells how long it holds.</param>
    /// <exception cref="StartupException">The file cannot be read or made.</exception>
    public static SelfSignedCertificate LoadOrCreate(string path, string host, TimeProvider time)
    {
        try
        {
            return (File.Exists(path) ? Load(path, host, time.GetUtcNow()) : null) ?? Create(path, host, time.GetUtcNow());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The relay's certificate {path} cannot be read or made: {exception.Message}", exception);
        }
    }

    public void Dispose() => Certificate.Dispose();

    /// <returns>Null when a new one has to take its place; the old one is of no worth to anybody.</returns>
    private static SelfSignedCertificate? Load(string path, string host, DateTimeOffset now)
    {
        X509Certificate2? certificate = null;
        try
        {
            var text = File.ReadAllText(path);
            certificate = X509Certificate2.CreateFromPem(text, text);
            if (certificate.NotAfter.ToUniversalTime() - now > RenewBefore
                && certificate.NotBefore.ToUniversalTime() <= now
                && certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false))
            {
                return new SelfSignedCertificate(certificate);
            }
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // Damaged.
        }

        certificate?.Dispose();
        return null;
    }

    private static SelfSignedCertificate Create(string path, string host, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // Nobody reads this name: clients that were told the hash look at the alternative names.
        var request = new CertificateRequest("CN=MeshControl relay", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var certificate = request.CreateSelfSigned(now - ClockTolerance, now.AddYears(Lifetime));
        OwnFile.Write(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return new SelfSignedCertificate(certificate);
    }
}
