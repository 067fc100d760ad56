namespace MeshControl.Store.Tests.Sqlite;

/// <summary>Values survive the way into SQLite and back.</summary>
public sealed class BindingValueTests
{
    public static TheoryData<object> Values =>
    [
        "", "plain", "a\0b", "grüße 日本 \U0001F600", new string('x', 511), new string('ü', 100_000),
        long.MinValue, long.MaxValue, 0L, 1.25e300, -0.5, new byte[] { 0, 1, 255 },
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void Parameter_AnyValue_ComesBackEqual(object value)
    {
        using var connection = SqliteConnectionExtensions.OpenMemory();

        Assert.Equal(value, connection.Scalar("SELECT @p", ("@p", value)));
    }

    [Fact]
    public void Parameter_EmptyBlob_IsABlobAndNotNull()
    {
        using var connection = SqliteConnectionExtensions.OpenMemory();

        Assert.Equal("blob 0", connection.Scalar("SELECT typeof(@p) || ' ' || length(@p)", ("@p", Array.Empty<byte>())));
        Assert.Equal(Array.Empty<byte>(), connection.Scalar("SELECT @p", ("@p", Array.Empty<byte>())));
    }

    [Fact]
    public void Parameter_EmptyText_IsATextAndNotNull()
    {
        using var connection = SqliteConnectionExtensions.OpenMemory();

        Assert.Equal("text 0", connection.Scalar("SELECT typeof(@p) || ' ' || length(@p)", ("@p", "")));
    }

    [Fact]
    public void Parameter_Null_ComesBackAsNull()
    {
        using var connection = SqliteConnectionExtensions.OpenMemory();

        Assert.Equal("null", connection.Scalar("SELECT typeof(@p)", ("@p", DBNull.Value)));
        Assert.Equal(DBNull.Value, connection.Scalar("SELECT @p", ("@p", DBNull.Value)));
    }

    [Fact]
    public void Text_WithZeroCharacter_KeepsItsLengthInSqlite()
    {
        using var connection = SqliteConnectionExtensions.OpenMemory();

        Assert.Equal(3L, connection.Scalar("SELECT length(CAST(@p AS BLOB))", ("@p", "a\0b")));
    }

    [Fact]
    public void Text_ReadFromAnIntegerColumn_IsConverted()
    {
        using var connection = SqliteConnectionExtensions.OpenMemory();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 12345678901";
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());

        Assert.Equal("12345678901", reader.GetString(0));
        Assert.Equal(12345678901L, reader.GetInt64(0));
    }

    [Fact]
    public void Blob_Stream_ReadsAndWritesInPlace()
    {
        using var connection = SqliteConnectionExtensions.OpenMemory();
        connection.Scalar("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB); INSERT INTO t VALUES (7, x'010203')");
        using (var blob = new Microsoft.Data.Sqlite.SqliteBlob(connection, "t", "b", 7))
        {
            Assert.Equal(3, blob.Length);
            blob.Position = 1;
            blob.Write([9]);
            blob.Position = 0;
            Assert.Equal(1, blob.ReadByte());
            Assert.Equal(9, blob.ReadByte());
        }

        Assert.Equal(new byte[] { 1, 9, 3 }, connection.Scalar("SELECT b FROM t"));
    }
}
