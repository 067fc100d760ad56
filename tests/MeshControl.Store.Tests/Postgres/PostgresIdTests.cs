using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Suites;

namespace MeshControl.Store.Tests.Postgres;

public sealed class PostgresIdTests(PostgresFixture postgres) : IdTests
{
    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresStoreDatabase.CreateAsync(postgres);
}
