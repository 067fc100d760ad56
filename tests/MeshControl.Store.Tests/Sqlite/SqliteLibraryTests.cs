using MeshControl.Store.Sqlite;

namespace MeshControl.Store.Tests.Sqlite;

public sealed class SqliteLibraryTests
{
    [Fact]
    public void Problem_TheSystemsLibrary_HasNone() => Assert.Null(SqliteLibrary.Problem(SqliteLibrary.Version));

    [Fact]
    public void Problem_OneOlder_NamesBothVersions()
    {
        var problem = SqliteLibrary.Problem(3_034_001);

        Assert.NotNull(problem);
        Assert.Contains("3.34.1", problem, StringComparison.Ordinal);
        Assert.Contains("3.35.0", problem, StringComparison.Ordinal);
    }
}
