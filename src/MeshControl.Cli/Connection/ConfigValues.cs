namespace MeshControl.Cli.Connection;

/// <summary>What the configuration file says about the server; null where it says nothing. Paths are absolute.</summary>
internal sealed record ConfigValues
{
    public static readonly ConfigValues None = new();

    public string? UnixSocket { get; init; }

    public string? Address { get; init; }

    public string? ApiKey { get; init; }

    public string? ApiKeyPath { get; init; }

    public string? Timeout { get; init; }

    public string? Insecure { get; init; }

    public string? CaFile { get; init; }

    /// <summary>Without the key, which must not get into a message or a log.</summary>
    public override string ToString() => $"socket {UnixSocket}, address {Address}";
}
