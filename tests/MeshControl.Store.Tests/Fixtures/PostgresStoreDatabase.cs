using System.Data.Common;
using MeshControl.Store.Databases;
using MeshControl.Store.Postgres;
using MeshControl.Testing.Databases;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MeshControl.Store.Tests.Fixtures;

internal sealed class PostgresStoreDatabase(PostgresTestDatabase database) : TestDatabase
{
    public override string Location => database.Name;

    public override StoreOptions Options => new PostgresStoreOptions
    {
        Host = database.Host,
        Port = database.Port,
        Database = database.Name,
        User = database.User,
        LockTimeout = TimeSpan.Zero,
    };

    public static async Task<TestDatabase> CreateAsync(PostgresFixture postgres) =>
        new PostgresStoreDatabase(await postgres.CreateDatabaseAsync());

    public override Database Connect(StoreSeams seams) => new PostgresDatabase((PostgresStoreOptions)Options, Time, seams);

    public override ValueTask DisposeAsync() => database.DisposeAsync();

    public static Task<string> ShowAsync(MeshDbContext context, string setting) =>
        context.Database.SqlQuery<string>($"SELECT current_setting({setting}) AS \"Value\"")
            .SingleAsync(TestContext.Current.CancellationToken);

    public async Task<NpgsqlConnection> OpenRawAsync()
    {
        var connection = new NpgsqlConnection(
            $"Host={database.Host};Port={database.Port};Username={database.User};Database={database.Name}"
            + ";Pooling=false;GSS Encryption Mode=Disable");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    protected override async Task<DbConnection> OpenConnectionAsync() => await OpenRawAsync();
}
