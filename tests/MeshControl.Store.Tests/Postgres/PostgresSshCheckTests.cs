using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Suites;

namespace MeshControl.Store.Tests.Postgres;

public sealed class PostgresSshCheckTests(PostgresFixture postgres) : SshCheckTests
{
    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresStoreDatabase.CreateAsync(postgres);
}
