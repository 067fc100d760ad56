using Microsoft.Data.Sqlite;

namespace MeshControl.Store.Tests.Sqlite;

/// <summary>A database file of one test, without connection pooling so that closing means closing.</summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mesh-sqlite-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "db.sqlite");

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
