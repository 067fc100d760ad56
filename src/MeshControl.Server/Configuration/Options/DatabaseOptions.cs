namespace MeshControl.Server.Configuration.Options;

public sealed record DatabaseOptions
{
    public DatabaseType Type { get; init; } = DatabaseType.Sqlite;

    /// <summary>The database file; it and its directory are made on the first start.</summary>
    public required string SqlitePath { get; init; }

    /// <summary>Only looked at when <see cref="Type"/> says so.</summary>
    public PostgresOptions Postgres { get; init; } = new();
}
