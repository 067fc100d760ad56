using MeshControl.Admin;

namespace MeshControl.Server.Configuration;

/// <summary>Where things lie when nobody says otherwise: system directories for root, the user's own ones for everybody else.</summary>
/// <param name="ConfigFile">Absolute, as all of them.</param>
public sealed record DefaultPaths(string ConfigFile, string DataDirectory, string Socket)
{
    private const string SystemData = "/var/lib/meshcontrol";

    /// <summary>Those of root, and of the documentation.</summary>
    public static DefaultPaths System { get; } = new(AdminDefaults.SystemConfig, SystemData, AdminDefaults.SystemSocket);

    public static DefaultPaths For(ConfigurationSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DefaultPaths(
            AdminDefaults.ConfigPath(source.IsRoot, Variable),
            source.IsRoot ? SystemData : OwnData(),
            AdminDefaults.SocketPath(source.IsRoot, Variable));

        // The system knows the home directory even where the variable is missing, as in cron jobs.
        string? Variable(string name) => name == "HOME" ? source.HomeDirectory : source.Environment.GetValueOrDefault(name);

        // The XDG rules tell programs to disregard relative paths in these variables.
        string OwnData() => Path.Combine(
            Variable("XDG_DATA_HOME") is { } directory && Path.IsPathRooted(directory)
                ? directory
                : Path.Combine(source.HomeDirectory, ".local/share"),
            "meshcontrol");
    }
}
