namespace MeshControl.Server.Configuration.Options;

public enum DatabaseType
{
    Sqlite,
    Postgres,
}
