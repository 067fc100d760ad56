namespace MeshControl.Server.Configuration.Options;

public sealed record PostgresOptions
{
    /// <summary>
    /// PostgreSQL itself allows 100 unless told otherwise, and connections beyond a few per core only wait for each other.
    /// </summary>
    public const int MaxOpenConnectionsLimit = 1000;

    /// <summary>A host name, an address, or the directory of a Unix socket (then it starts with a slash).</summary>
    public string Host { get; init; } = "";

    public int Port { get; init; } = 5432;

    public string Name { get; init; } = "";

    public string User { get; init; } = "";

    /// <summary>Null where the server recognises the user otherwise (peer, certificate).</summary>
    public Secret? Password { get; init; }

    public PostgresSslMode Ssl { get; init; } = PostgresSslMode.Disable;

    public int MaxOpenConnections { get; init; } = 10;

    public TimeSpan ConnectionMaxIdleTime { get; init; } = TimeSpan.FromHours(1);
}
