using System.Diagnostics.CodeAnalysis;
using System.Net.Security;

namespace MeshControl.Testing.Channels;

/// <summary>What stands in for a certificate authority in tests.</summary>
internal static class CertificateChecks
{
    /// <summary>For servers of tests, which sign for themselves, and where Noise proves the server anyway.</summary>
    public static RemoteCertificateValidationCallback AcceptAny { get; } = Accept();

    [SuppressMessage("Security", "CA5359", Justification = "The connections lead to servers that the tests started.")]
    private static RemoteCertificateValidationCallback Accept() => (_, _, _, _) => true;
}
