using MeshControl.Store.Databases;
using Npgsql;

namespace MeshControl.Store.Postgres;

/// <summary>From options to what the driver understands.</summary>
internal static class PostgresConnectionStrings
{
    /// <summary>A server that does not answer in this time is out of reach.</summary>
    private const int ConnectSeconds = 5;

    /// <summary>How soon the loss of the session that holds the lock is noticed.</summary>
    private const int LockKeepAliveSeconds = 10;

    public static string Pooled(PostgresStoreOptions options)
    {
        var builder = Common(options);
        builder.MaxPoolSize = options.MaxConnections;
        builder.ConnectionIdleLifetime = (int)options.ConnectionMaxIdleTime.TotalSeconds;
        return builder.ToString();
    }

    public static string ForLock(PostgresStoreOptions options)
    {
        var builder = Common(options);
        builder.Pooling = false;
        builder.KeepAlive = LockKeepAliveSeconds;
        return builder.ToString();
    }

    private static NpgsqlConnectionStringBuilder Common(PostgresStoreOptions options) => new()
    {
        Host = options.Host,
        Port = options.Port,
        Database = options.Database,
        Username = options.User,
        Password = options.Password,
        SslMode = options.Tls switch
        {
            PostgresTls.Disable => SslMode.Disable,
            PostgresTls.Allow => SslMode.Allow,
            PostgresTls.Prefer => SslMode.Prefer,
            PostgresTls.Require => SslMode.Require,
            PostgresTls.VerifyCA => SslMode.VerifyCA,
            PostgresTls.VerifyFull => SslMode.VerifyFull,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Tls, "Not a mode of encryption."),
        },

        // Kerberos would need a library that most systems lack, and asking for it costs a round trip.
        GssEncryptionMode = GssEncryptionMode.Disable,
        ApplicationName = "meshctl",
        Timeout = ConnectSeconds,
        CommandTimeout = Database.CommandTimeoutSeconds,

        // A commit that was acknowledged survives the loss of power, whatever the server's or the user's settings say.
        Options = "-c synchronous_commit=on",
    };
}
