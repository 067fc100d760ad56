using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace MeshControl.Store.Tests.Sqlite;

/// <summary>Statements, transactions, errors, schema facts, backup and the life of native objects.</summary>
public sealed class BindingStatementTests : IDisposable
{
    private const int ErrorCannotOpen = 14;
    private const int ErrorConstraint = 19;
    private const int ErrorPrimaryKey = 1555;
    private const int ErrorUnique = 2067;
    private const int ErrorForeignKey = 787;

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Pragma_JournalModeWal_IsKeptByTheFile()
    {
        using (var connection = _file.Open())
        {
            Assert.Equal("wal", connection.Scalar("PRAGMA journal_mode=WAL; CREATE TABLE t (id)") ?? "wal");
        }

        using var again = _file.Open();
        Assert.Equal("wal", again.Scalar("PRAGMA journal_mode"));
    }

    [Fact]
    public void Command_SeveralStatementsAndATrailingComment_RunsAll()
    {
        using var connection = _file.Open();
        connection.Scalar("CREATE TABLE t (s TEXT);; INSERT INTO t VALUES ('ä'); /* between */ INSERT INTO t VALUES ('b'); -- end");

        Assert.Equal(2L, connection.Scalar("-- first\n SELECT count(*) FROM t; "));
    }

    [Fact]
    public void Command_OnlyAComment_DoesNothing()
    {
        using var connection = _file.Open();

        Assert.Null(connection.Scalar("-- nothing"));
    }

    [Fact]
    public void Insert_Rows_AreCounted()
    {
        using var connection = _file.Open();
        connection.Scalar("CREATE TABLE t (id)");
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO t VALUES (1), (2), (3)";

        Assert.Equal(3, command.ExecuteNonQuery());
    }

    [Theory]
    [InlineData("INSERT INTO parent VALUES (1, 'other')", ErrorPrimaryKey)]
    [InlineData("INSERT INTO parent VALUES (2, 'one')", ErrorUnique)]
    [InlineData("INSERT INTO child VALUES (99)", ErrorForeignKey)]
    public void Insert_AgainstAConstraint_GivesTheExtendedErrorCode(string sql, int extendedCode)
    {
        using var connection = _file.Open();
        connection.Scalar("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT UNIQUE); CREATE TABLE child (id REFERENCES parent)");
        connection.Scalar("PRAGMA foreign_keys=ON; INSERT INTO parent VALUES (1, 'one')");

        var error = Assert.Throws<SqliteException>(() => connection.Scalar(sql));

        Assert.Equal(ErrorConstraint, error.SqliteErrorCode);
        Assert.Equal(extendedCode, error.SqliteExtendedErrorCode);
    }

    [Fact]
    public void Command_SyntaxError_SaysWhere()
    {
        using var connection = _file.Open();

        var error = Assert.Throws<SqliteException>(() => connection.Scalar("SELEKT 1"));

        Assert.Contains("SELEKT", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_InAMissingDirectory_Fails()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_file.Path, "missing", "db")};Pooling=False");

        var error = Assert.Throws<SqliteException>(connection.Open);

        Assert.Equal(ErrorCannotOpen, error.SqliteErrorCode);
    }

    [Fact]
    public void LoadExtension_MissingFile_GivesTheLoadersText()
    {
        using var connection = _file.Open();
        connection.EnableExtensions();

        var error = Assert.Throws<SqliteException>(() => connection.LoadExtension("/missing/extension.so"));

        Assert.Contains("/missing/extension", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transaction_Savepoint_RollsBackToIt()
    {
        using var connection = _file.Open();
        connection.Scalar("CREATE TABLE t (id)");
        using (var transaction = connection.BeginTransaction())
        {
            connection.Scalar("INSERT INTO t VALUES (1)");
            transaction.Save("middle");
            connection.Scalar("INSERT INTO t VALUES (2)");
            transaction.Rollback("middle");
            transaction.Commit();
        }

        Assert.Equal(1L, connection.Scalar("SELECT sum(id) FROM t"));
    }

    [Fact]
    public void Transaction_RolledBackBySqlite_IsNoticedByTheHook()
    {
        using var connection = _file.Open();
        connection.Scalar("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
        using var transaction = connection.BeginTransaction();

        Assert.Throws<SqliteException>(() => connection.Scalar("INSERT OR ROLLBACK INTO t VALUES (1)"));

        Assert.Throws<InvalidOperationException>(transaction.Commit);
    }

    [Fact]
    public void SchemaTable_OfAQuery_NamesTableAndKey()
    {
        using var connection = _file.Open();
        connection.Scalar("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) NOT NULL)");
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, name AS label FROM t";
        using var reader = command.ExecuteReader();

        var schema = reader.GetSchemaTable();

        Assert.Equal(true, schema.Rows[0]["IsKey"]);
        Assert.Equal(true, schema.Rows[0]["IsAutoIncrement"]);
        Assert.Equal("t", schema.Rows[1]["BaseTableName"]);
        Assert.Equal("name", schema.Rows[1]["BaseColumnName"]);
        Assert.Equal("VARCHAR", schema.Rows[1]["DataTypeName"]);
    }

    [Fact]
    public void ReservedWords_AreSqlites()
    {
        using var connection = _file.Open();

        var words = connection.GetSchema("ReservedWords").Rows.Cast<System.Data.DataRow>().Select(row => (string)row[0]);

        Assert.Contains("SELECT", words, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void Backup_OfAFileWithUnmergedLog_HoldsEveryRow()
    {
        using var connection = _file.Open();
        connection.Scalar("PRAGMA journal_mode=WAL; CREATE TABLE t (id); INSERT INTO t VALUES (1), (2)");
        using var copy = SqliteConnectionExtensions.OpenMemory();

        connection.BackupDatabase(copy);

        Assert.Equal(2L, copy.Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public void LeakedStatements_AreFinalisedByTheCollector()
    {
        using var connection = _file.Open();
        connection.Scalar("CREATE TABLE t (id); INSERT INTO t VALUES (1), (2)");
        LeakReaders(connection);

        GC.Collect();
        GC.WaitForPendingFinalizers();

        // An unfinished read would lock the table against this.
        connection.Scalar("DROP TABLE t");
        Assert.Equal(0L, connection.Scalar("SELECT count(*) FROM sqlite_master"));
    }

    [Fact]
    public void LeakedConnections_WithOpenStatementAndTransaction_AreClosedByTheCollector()
    {
        using (var connection = _file.Open())
        {
            connection.Scalar("CREATE TABLE t (id); INSERT INTO t VALUES (1), (2)");
        }

        LeakConnections();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        // The last of the leaked connections held the write lock.
        using var writer = _file.Open();
        writer.DefaultTimeout = 1;
        writer.Scalar("DELETE FROM t");
        Assert.Equal(0L, writer.Scalar("SELECT count(*) FROM t"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeakReaders(SqliteConnection connection)
    {
        for (var i = 0; i < 500; i++)
        {
            var command = connection.CreateCommand();
            command.CommandText = "SELECT id FROM t";
            var reader = command.ExecuteReader();
            Assert.True(reader.Read());
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeakConnections()
    {
        for (var i = 0; i < 20; i++)
        {
            LeakReaders(_file.Open());
        }

        var writer = _file.Open();
        writer.BeginTransaction();
        writer.Scalar("INSERT INTO t VALUES (3)");
    }
}
