using MeshControl.ClientTests.Servers;
using MeshControl.Testing.Databases;

[assembly: AssemblyFixture(typeof(Postgres))]

namespace MeshControl.ClientTests.Servers;

/// <summary>One PostgreSQL server for all tests, started by the first that needs it.</summary>
public sealed class Postgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresCluster>> Cluster = new(() => PostgresCluster.StartAsync());

    public static async Task<PostgresTestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken) =>
        await (await Cluster.Value).CreateDatabaseAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Cluster.IsValueCreated)
        {
            await (await Cluster.Value).DisposeAsync();
        }
    }
}
