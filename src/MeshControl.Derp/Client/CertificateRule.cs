using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Derp.Map;

namespace MeshControl.Derp.Client;

/// <summary>
/// Which certificates of a relay are accepted: one that the system trusts for the name; one for another name; or exactly one with a known
/// hash, for which nobody needs to be trusted.
/// </summary>
internal static class CertificateRule
{
    /// <summary>Before the hash of a pinned certificate.</summary>
    public const string PinPrefix = RelayText.HashPrefix;

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>How chains are built: with what the relay sends and nothing that is fetched from elsewhere.</summary>
    public static X509ChainPolicy PolicyFor(RelayEndpoint endpoint, TimeProvider time)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (endpoint.Roots is { } roots)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }

    /// <summary>Judges what a relay sent.</summary>
    /// <param name="endpoint">What is expected.</param>
    /// <param name="sent">All certificates in order.</param>
    /// <param name="errors">What the platform found for the host name.</param>
    /// <param name="chain">The status of the chain that it built.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when a client accepts it, else one sentence.</returns>
    public static string? Check(
        RelayEndpoint endpoint, IReadOnlyList<X509Certificate2> sent, SslPolicyErrors errors, X509ChainStatus[] chain, DateTimeOffset now)
    {
        if (sent.Count == 0)
        {
            return "The relay sent no certificate.";
        }

        if (endpoint.TakesAnyCertificate)
        {
            return null;
        }

        return endpoint.CertName is { } name && name.StartsWith(PinPrefix, StringComparison.Ordinal)
            ? CheckPin(endpoint, name[PinPrefix.Length..], sent, now)
            : CheckChain(endpoint, sent[0], errors, chain, now);
    }

    private static string? CheckPin(RelayEndpoint endpoint, string hash, IReadOnlyList<X509Certificate2> sent, DateTimeOffset now)
    {
        var own = sent.Where(certificate => !MetaCertificate.IsNamedLikeOne(certificate)).ToList();
        if (own.Count != 1)
        {
            return own.Count == 0
                ? "The relay sent no certificate besides the one with its key."
                : "The relay sent more than one certificate; where the hash of one is expected, it must stand alone.";
        }

        var certificate = own[0];
        var found = Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
        if (!string.Equals(found, hash, StringComparison.OrdinalIgnoreCase))
        {
            return $"The relay's certificate is another one than expected: its hash is {PinPrefix}{found}.";
        }

        return !IPAddress.TryParse(endpoint.HostName, out _) && !IsFor(certificate, endpoint.HostName)
            ? $"The relay's certificate is not for {endpoint.HostName}."
            : CheckDates(certificate, now);
    }

    private static string? CheckChain(
        RelayEndpoint endpoint, X509Certificate2 certificate, SslPolicyErrors errors, X509ChainStatus[] chain, DateTimeOffset now)
    {
        if (CheckDates(certificate, now) is { } dates)
        {
            return dates;
        }

        var isForAnotherName = endpoint.CertName is { } name
            ? !IsFor(certificate, name)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        if (isForAnotherName)
        {
            return $"The relay's certificate is not for {endpoint.CertName ?? endpoint.HostName}.";
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? $"The relay's certificate is not trusted: {string.Join(", ", chain.Select(status => status.Status).Distinct())}."
            : null;
    }

    private static string? CheckDates(X509Certificate2 certificate, DateTimeOffset now)
    {
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        return now < from ? string.Create(CultureInfo.InvariantCulture, $"The relay's certificate is not valid before {from:u}.")
            : now > until ? string.Create(CultureInfo.InvariantCulture, $"The relay's certificate expired on {until:u}.")
            : null;
    }

    private static bool IsFor(X509Certificate2 certificate, string name) => certificate.MatchesHostname(name, allowCommonName: false);
}
