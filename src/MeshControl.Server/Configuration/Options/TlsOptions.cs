using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Server.Configuration.Options;

/// <summary>Either both paths are set or none.</summary>
public sealed record TlsOptions
{
    /// <summary>PEM: the server's certificate, then intermediate ones.</summary>
    public string? CertPath { get; init; }

    /// <summary>PEM: the private key of the first certificate.</summary>
    public string? KeyPath { get; init; }

    [MemberNotNullWhen(true, nameof(CertPath), nameof(KeyPath))]
    public bool IsEnabled => CertPath is not null && KeyPath is not null;
}
