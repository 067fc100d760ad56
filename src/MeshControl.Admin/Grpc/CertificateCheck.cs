using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MeshControl.Admin.Grpc;

/// <summary>Whom a client believes to be the server. For one channel.</summary>
/// <param name="acceptsAny">Everybody.</param>
/// <param name="authorities">In place of those that the system trusts; null for these.</param>
public sealed class CertificateCheck(bool acceptsAny, X509Certificate2Collection? authorities)
{
    private volatile string? _problem;

    /// <summary>What was wrong with the certificate that the server showed last, as part of a sentence; null when nothing was.</summary>
    public string? Problem => _problem;

    /// <summary>Null: the system's.</summary>
    internal X509ChainPolicy? Policy
    {
        get
        {
            if (authorities is null)
            {
                return null;
            }

            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            return policy;
        }
    }

    internal bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _problem = acceptsAny || errors == SslPolicyErrors.None ? null : Describe(chain, errors);
        return _problem is null;
    }

    private static string Describe(X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server has shown none";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return "it is for another name";
        }

        var all = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        return all.HasFlag(X509ChainStatusFlags.NotTimeValid)
            ? "it has expired or is not valid yet"
            : (all & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
                ? "no authority that is trusted here has signed it"
                : $"{all}";
    }
}
