using MeshControl.Core.Tailnets;
using MeshControl.Server.Configuration.Options;
using MeshControl.Store;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Hosting;

/// <summary>Opens the database that the configuration names.</summary>
internal static class StoreSettings
{
    /// <exception cref="StartupException">It cannot be opened; the message says why and what to do.</exception>
    public static async Task<MeshStore> OpenAsync(
        DatabaseOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var opening = await MeshStore.OpenAsync(From(options), time, loggers.CreateLogger<MeshStore>(), cancellationToken);
        return opening.Succeeded ? opening.Store : throw new StartupException(opening.Problem);
    }

    /// <summary>Reads what the database holds, and starts the tailnets.</summary>
    /// <param name="store">Open.</param>
    /// <param name="settings">Of the tailnets.</param>
    /// <param name="options">Says where the database is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where messages go.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="StartupException">It cannot be read; the message says why and what to do.</exception>
    public static async Task<ControlPlane> LoadAsync(
        MeshStore store,
        TailnetSettings settings,
        DatabaseOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        try
        {
            return await ControlPlane.StartAsync(store, settings, time, loggers, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new StartupException(
                $"The content of {Describe(options)} cannot be read ({exception.GetBaseException().Message.ReplaceLineEndings(" ")}); "
                + "see that the database answers and has room, else restore a backup.",
                exception);
        }
    }

    /// <summary>Where the data lies, in a few words and without secrets.</summary>
    public static string Describe(DatabaseOptions options) => options.Type == DatabaseType.Sqlite
        ? options.SqlitePath
        : $"PostgreSQL database {options.Postgres.Name} at {options.Postgres.Host}:{options.Postgres.Port}";

    private static StoreOptions From(DatabaseOptions options)
    {
        if (options.Type == DatabaseType.Sqlite)
        {
            return new SqliteStoreOptions { Path = options.SqlitePath };
        }

        var postgres = options.Postgres;
        return new PostgresStoreOptions
        {
            Host = postgres.Host,
            Port = postgres.Port,
            Database = postgres.Name,
            User = postgres.User,
            Password = postgres.Password?.Reveal(),
            Tls = TlsOf(postgres.Ssl),
            MaxConnections = postgres.MaxOpenConnections,
            ConnectionMaxIdleTime = postgres.ConnectionMaxIdleTime,
        };
    }

    private static PostgresTls TlsOf(PostgresSslMode mode) => mode switch
    {
        PostgresSslMode.Disable => PostgresTls.Disable,
        PostgresSslMode.Allow => PostgresTls.Allow,
        PostgresSslMode.Prefer => PostgresTls.Prefer,
        PostgresSslMode.Require => PostgresTls.Require,
        PostgresSslMode.VerifyCA => PostgresTls.VerifyCA,
        _ => PostgresTls.VerifyFull,
    };
}
