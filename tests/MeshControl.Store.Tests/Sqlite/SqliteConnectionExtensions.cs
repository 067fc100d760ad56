using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace MeshControl.Store.Tests.Sqlite;

internal static class SqliteConnectionExtensions
{
    /// <summary>Runs all statements of the text; answers the first column of the first row of the last query.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "The texts are literals of the tests.")]
    public static object? Scalar(this SqliteConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteScalar();
    }

    public static SqliteConnection OpenMemory()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return connection;
    }
}
