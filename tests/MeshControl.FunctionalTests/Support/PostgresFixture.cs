using MeshControl.Testing.Databases;

[assembly: AssemblyFixture(typeof(MeshControl.FunctionalTests.Support.PostgresFixture))]

namespace MeshControl.FunctionalTests.Support;

/// <summary>One PostgreSQL server for all tests of the process, started by the first that wants it.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresCluster>> _cluster = new(() => PostgresCluster.StartAsync());

    public async Task<PostgresTestDatabase> CreateDatabaseAsync() =>
        await (await _cluster.Value).CreateDatabaseAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_cluster.IsValueCreated)
        {
            await (await _cluster.Value).DisposeAsync();
        }
    }
}
