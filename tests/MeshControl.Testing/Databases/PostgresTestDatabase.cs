namespace MeshControl.Testing.Databases;

/// <summary>A database of one test.</summary>
public sealed class PostgresTestDatabase(PostgresCluster cluster, string name) : IAsyncDisposable
{
    public string Host => cluster.Host;

    public int Port => cluster.Port;

    public string User => cluster.User;

    public string Name => name;

    /// <summary>Drops the database, whoever is still connected.</summary>
    public async ValueTask DisposeAsync() => await cluster.DropDatabaseAsync(name);
}
