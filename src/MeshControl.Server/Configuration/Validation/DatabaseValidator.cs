using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>Where the state is kept.</summary>
internal static class DatabaseValidator
{
    public static void Check(ServerOptions options, LoadContext context)
    {
        if (options.Database.Type != DatabaseType.Postgres)
        {
            return;
        }

        var postgres = options.Database.Postgres;
        Require(postgres.Host, KeyNames.PostgresHost, context);
        Require(postgres.Name, KeyNames.PostgresName, context);
        Require(postgres.User, KeyNames.PostgresUser, context);
    }

    private static void Require(string value, string path, LoadContext context)
    {
        if (value.Length == 0 && context.AreSound(path))
        {
            context.Error(path, "PostgreSQL needs this key.", $"Set it, or set {KeyNames.DatabaseType} to sqlite.");
        }
    }
}
