using MeshControl.Store.Tests.Fixtures;
using MeshControl.Store.Tests.Suites;

namespace MeshControl.Store.Tests.Sqlite;

public sealed class SqliteSshCheckTests : SshCheckTests
{
    private protected override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult<TestDatabase>(new SqliteTestDatabase());
}
