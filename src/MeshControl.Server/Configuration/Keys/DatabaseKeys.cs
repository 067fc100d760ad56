using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>Where the state is kept.</summary>
internal static class DatabaseKeys
{
    private static readonly KeySection<DatabaseOptions> Database = new(o => o.Database, (o, value) => o with { Database = value });

    private static readonly KeySection<PostgresOptions> Postgres =
        new(o => o.Database.Postgres, (o, value) => o with { Database = o.Database with { Postgres = value } });

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Database.Key(
            KeyNames.DatabaseType,
            Kinds.Database,
            o => o.Type,
            (o, value) => o with { Type = value },
            "SQLite needs no other program; PostgreSQL is for those who run it anyway."),
        Database.Key(
            "database.sqlite.path",
            Kinds.RequiredPath,
            o => o.SqlitePath,
            (o, value) => o with { SqlitePath = value },
            "The database file; made on the first start."),
        Postgres.Key(
            KeyNames.PostgresHost,
            Kinds.Text,
            o => o.Host,
            (o, value) => o with { Host = value },
            "The database server's name or address, or the directory of its Unix socket. Required with `database.type: postgres`."),
        Postgres.Key(
            "database.postgres.port",
            Kinds.Port,
            o => o.Port,
            (o, value) => o with { Port = value },
            "The database server's port."),
        Postgres.Key(
            KeyNames.PostgresName,
            Kinds.Text,
            o => o.Name,
            (o, value) => o with { Name = value },
            "The database. It must exist and be empty on the first start. Required with `database.type: postgres`."),
        Postgres.Key(
            KeyNames.PostgresUser,
            Kinds.Text,
            o => o.User,
            (o, value) => o with { User = value },
            "The database user; it must be allowed to create tables. Required with `database.type: postgres`."),
        Postgres.Key(
            KeyNames.PostgresPass,
            Kinds.SecretText,
            o => o.Password,
            (o, value) => o with { Password = value },
            "The user's password. Better in a file of its own: `database.postgres.pass_path`."),
        Postgres.Key(
            KeyNames.PostgresPassPath,
            Kinds.SecretFile,
            o => o.Password,
            (o, value) => o with { Password = value },
            "A file that holds the password. `$NAME` and `${NAME}` stand for environment variables, so `$CREDENTIALS_DIRECTORY/db` works "
                + "under systemd.",
            KeyNames.PostgresPass),
        Postgres.Key(
            "database.postgres.ssl",
            Kinds.SslMode,
            o => o.Ssl,
            (o, value) => o with { Ssl = value },
            "How the connection is encrypted, in PostgreSQL's words; `false` is `disable`, `true` is `require`."),
        Postgres.Key(
            "database.postgres.max_open_conns",
            Kinds.Integer(1, PostgresOptions.MaxOpenConnectionsLimit),
            o => o.MaxOpenConnections,
            (o, value) => o with { MaxOpenConnections = value },
            "The most connections to the database at one time."),
        Postgres.Key(
            "database.postgres.conn_max_idle_time_secs",
            Kinds.WholeSeconds,
            o => o.ConnectionMaxIdleTime,
            (o, value) => o with { ConnectionMaxIdleTime = value },
            "Seconds after which an unused connection is closed."),
    ];
}
