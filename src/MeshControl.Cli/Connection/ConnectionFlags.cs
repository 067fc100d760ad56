namespace MeshControl.Cli.Connection;

/// <summary>What the command line says about the server; null where it says nothing.</summary>
internal sealed record ConnectionFlags
{
    public string? Config { get; init; }

    public string? Socket { get; init; }

    public string? Address { get; init; }

    public string? ApiKey { get; init; }

    public string? ApiKeyFile { get; init; }

    public string? CaFile { get; init; }

    public bool Insecure { get; init; }

    public TimeSpan? Timeout { get; init; }
}
