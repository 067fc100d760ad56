using System.Data.Common;
using MeshControl.Store.Databases;
using MeshControl.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace MeshControl.Store.Tests.Fixtures;

internal sealed class SqliteTestDatabase : TestDatabase
{
    public SqliteTestDatabase() => FilePath = Path.Combine(Root.FullName, "state", "db.sqlite");

    /// <summary>A directory that only this test uses; the database lies in a directory below, which the store must make.</summary>
    public DirectoryInfo Root { get; } = Directory.CreateTempSubdirectory("mesh-store-");

    public string FilePath { get; }

    public override string Location => FilePath;

    public override StoreOptions Options => new SqliteStoreOptions { Path = FilePath };

    public override Database Connect(StoreSeams seams) => new SqliteDatabase((SqliteStoreOptions)Options, Time, seams);

    public override ValueTask DisposeAsync()
    {
        Root.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    protected override async Task<DbConnection> OpenConnectionAsync()
    {
        var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
