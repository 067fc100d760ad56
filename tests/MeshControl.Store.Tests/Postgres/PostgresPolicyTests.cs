using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Suites;

namespace MeshControl.Store.Tests.Postgres;

public sealed class PostgresPolicyTests(PostgresFixture postgres) : PolicyTests
{
    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresStoreDatabase.CreateAsync(postgres);
}
