namespace MeshControl.Store;

/// <summary>A database on a PostgreSQL server. A class and no record, so that nothing prints the password.</summary>
public sealed class PostgresStoreOptions : StoreOptions
{
    /// <summary>A host name, an address, or the directory of a Unix socket (then it starts with a slash).</summary>
    public required string Host { get; init; }

    public int Port { get; init; } = 5432;

    /// <summary>The database. It must exist; at the first start it must be empty.</summary>
    public required string Database { get; init; }

    public required string User { get; init; }

    /// <summary>Null where the server recognises the user otherwise.</summary>
    public string? Password { get; init; }

    public PostgresTls Tls { get; init; } = PostgresTls.Disable;

    /// <summary>Connections at one time, besides the one that holds the lock against a second server.</summary>
    public int MaxConnections { get; init; } = 10;

    /// <summary>An unused connection is closed after this time.</summary>
    public TimeSpan ConnectionMaxIdleTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long to wait at start for the session of a server that was killed: PostgreSQL may notice only a moment later that it is gone.
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
