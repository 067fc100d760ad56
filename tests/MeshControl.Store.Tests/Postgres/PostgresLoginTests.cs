using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Suites;

namespace MeshControl.Store.Tests.Postgres;

public sealed class PostgresLoginTests(PostgresFixture postgres) : LoginTests
{
    private protected override Task<TestDatabase> CreateDatabaseAsync() => PostgresStoreDatabase.CreateAsync(postgres);
}
