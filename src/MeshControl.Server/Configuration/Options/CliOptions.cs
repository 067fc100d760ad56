namespace MeshControl.Server.Configuration.Options;

/// <summary>
/// Where <c>meshctl</c> finds a server on another machine. The server itself has no use for it; it knows the keys, so that one file can serve
/// both and a misspelt one is found.
/// </summary>
public sealed record CliOptions
{
    /// <summary>Empty: the Unix socket.</summary>
    public string Address { get; init; } = "";

    public Secret? ApiKey { get; init; }

    /// <summary>Null: none.</summary>
    public string? ApiKeyPath { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public bool Insecure { get; init; }

    /// <summary>Null: the authorities that the system trusts.</summary>
    public string? CaFile { get; init; }
}
