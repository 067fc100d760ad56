using System.Data.Common;
using System.Globalization;
using MeshControl.Store.Databases;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Store.Tests.Fixtures;

/// <summary>An empty database of one test, of either kind, and ways around the store to look into it.</summary>
internal abstract class TestDatabase : IAsyncDisposable
{
    public ManualTimeProvider Time { get; } = new();

    /// <summary>What a message about the database must contain, so that an operator knows which one is meant.</summary>
    public abstract string Location { get; }

    public abstract StoreOptions Options { get; }

    /// <summary>A context on the same database, as the store makes them.</summary>
    public abstract Database Connect(StoreSeams seams);

    public abstract ValueTask DisposeAsync();

    public Task<StoreOpening> TryOpenAsync(StoreSeams? seams = null) => MeshStore.OpenAsync(
        Options, Time, NullLogger.Instance, seams ?? StoreSeams.None, TestContext.Current.CancellationToken);

    public async Task<MeshStore> OpenAsync(StoreSeams? seams = null)
    {
        var opening = await TryOpenAsync(seams);
        Assert.True(opening.Succeeded, opening.Problem);
        return opening.Store;
    }

    /// <summary>Runs SQL beside the store.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenConnectionAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The first row of the result as text: columns separated by bars, null for no row.</summary>
    public async Task<string?> QueryAsync(string sql)
    {
        await using var connection = await OpenConnectionAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        if (!await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            return null;
        }

        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        return string.Join('|', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
    }

    protected abstract Task<DbConnection> OpenConnectionAsync();
}
