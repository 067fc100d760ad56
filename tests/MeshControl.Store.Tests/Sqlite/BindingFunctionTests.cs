using Microsoft.Data.Sqlite;

namespace MeshControl.Store.Tests.Sqlite;

/// <summary>Functions, aggregates and collations written in C#, with exceptions inside them.</summary>
public sealed class BindingFunctionTests : IDisposable
{
    private const int ErrorInterrupt = 9;

    private readonly SqliteConnection _connection = SqliteConnectionExtensions.OpenMemory();

    public BindingFunctionTests() => _connection.Scalar("CREATE TABLE t (s TEXT); INSERT INTO t VALUES ('b'), ('a'), ('c')");

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Scalar_OfEveryType_GetsAndGivesValues()
    {
        _connection.CreateFunction("twice", (long value) => value * 2);
        _connection.CreateFunction("half", (double value) => value / 2);
        _connection.CreateFunction("upside", (string value) => new string([.. value.Reverse()]));
        _connection.CreateFunction("first", (byte[] value) => value[..1]);
        _connection.CreateFunction("absent", () => (string?)null);

        Assert.Equal(42L, _connection.Scalar("SELECT twice(21)"));
        Assert.Equal(1.25, _connection.Scalar("SELECT half(2.5)"));
        Assert.Equal("b\0a", _connection.Scalar("SELECT upside(@p)", ("@p", "a\0b")));
        Assert.Equal(new byte[] { 7 }, _connection.Scalar("SELECT first(x'0708')"));
        Assert.Equal(DBNull.Value, _connection.Scalar("SELECT absent()"));
    }

    [Fact]
    public void Scalar_Throws_FailsTheStatementWithItsText()
    {
        _connection.CreateFunction("boom", string (string value) => throw new InvalidOperationException("kaboom " + value));

        var error = Assert.Throws<SqliteException>(() => _connection.Scalar("SELECT boom('x')"));

        Assert.Contains("kaboom x", error.Message, StringComparison.Ordinal);
        Assert.Equal(3L, _connection.Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public void Scalar_ThrowsASqliteException_FailsWithItsCode()
    {
        _connection.CreateFunction("exhausted", long () => throw new SqliteException("no room", 13));

        Assert.Equal(13, Assert.Throws<SqliteException>(() => _connection.Scalar("SELECT exhausted()")).SqliteErrorCode);
    }

    [Fact]
    public void Scalar_Removed_IsUnknown()
    {
        _connection.CreateFunction("twice", (long value) => value * 2);
        _connection.CreateFunction<long, long>("twice", null);

        Assert.Throws<SqliteException>(() => _connection.Scalar("SELECT twice(1)"));
    }

    [Fact]
    public void Aggregate_Groups_KeepTheirOwnState()
    {
        _connection.CreateAggregate("joined", "", (string sum, string value) => sum + value, sum => $"[{sum}]");

        Assert.Equal("[bac]", _connection.Scalar("SELECT joined(s) FROM t"));
        Assert.Equal("[]", _connection.Scalar("SELECT joined(s) FROM t WHERE 0"));
        Assert.Equal(
            "[a],[b],[c]", _connection.Scalar("SELECT group_concat(j) FROM (SELECT joined(s) AS j FROM t GROUP BY s ORDER BY s)"));
    }

    [Fact]
    public void Aggregate_ThrowsInAStep_FailsTheStatement()
    {
        _connection.CreateAggregate(
            "fragile", 0L, (long count, string value) => value == "a" ? throw new InvalidOperationException("step") : count + 1);

        var error = Assert.Throws<SqliteException>(() => _connection.Scalar("SELECT fragile(s) FROM t"));

        Assert.Contains("step", error.Message, StringComparison.Ordinal);
        Assert.Equal(2L, _connection.Scalar("SELECT fragile(s) FROM t WHERE s <> 'a'"));
    }

    [Fact]
    public void Aggregate_ThrowsAtTheEnd_FailsTheStatement()
    {
        _connection.CreateAggregate(
            "endless", 0L, (long count, string _) => count + 1, long (count) => throw new InvalidOperationException("end " + count));

        var error = Assert.Throws<SqliteException>(() => _connection.Scalar("SELECT endless(s) FROM t"));

        Assert.Contains("end 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Collation_Orders_AndCanBeRemoved()
    {
        _connection.CreateCollation("backwards", (left, right) => string.CompareOrdinal(right, left));
        Assert.Equal("c", _connection.Scalar("SELECT s FROM t ORDER BY s COLLATE backwards LIMIT 1"));

        _connection.CreateCollation("backwards", null);
        Assert.Throws<SqliteException>(() => _connection.Scalar("SELECT s FROM t ORDER BY s COLLATE backwards LIMIT 1"));
    }

    [Fact]
    public void Collation_Throws_FailsTheStatementInsteadOfMakingUpAnOrder()
    {
        _connection.CreateCollation("broken", (_, _) => throw new InvalidOperationException("compare"));

        var error = Assert.Throws<SqliteException>(() => _connection.Scalar("CREATE INDEX i ON t (s COLLATE broken)"));

        Assert.Equal(ErrorInterrupt, error.SqliteErrorCode);
        Assert.Equal(0L, _connection.Scalar("SELECT count(*) FROM sqlite_master WHERE type = 'index'"));
    }

    [Fact]
    public void Functions_ManyRegistrations_ReplaceEachOther()
    {
        for (var i = 0; i < 200; i++)
        {
            var version = i;
            _connection.CreateFunction("version", () => (long)version);
            GC.Collect(0);
        }

        Assert.Equal(199L, _connection.Scalar("SELECT version()"));
    }
}
