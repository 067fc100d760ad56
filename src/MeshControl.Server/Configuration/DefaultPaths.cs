namespace MeshControl.Server.Configuration;

/// <summary>Where things lie when nobody says otherwise: system directories for root, the user's own ones for everybody else.</summary>
/// <param name="ConfigFile">Absolute, as all of them.</param>
public sealed record DefaultPaths(string ConfigFile, string DataDirectory, string Socket)
{
    public static DefaultPaths System { get; } =
        new("/etc/meshcontrol/config.yaml", "/var/lib/meshcontrol", "/var/run/meshcontrol/meshcontrol.sock");

    public static DefaultPaths For(ConfigurationSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.IsRoot)
            return System;
        var config = Directory("XDG_CONFIG_HOME") ?? Path.Combine(source.HomeDirectory, ".config");
        var data = Directory("XDG_DATA_HOME") ?? Path.Combine(source.HomeDirectory, ".local/share");
        var run = Directory("XDG_RUNTIME_DIR") ?? Path.Combine(source.HomeDirectory, ".local/state");
        return new DefaultPaths(
            Path.Combine(config, "meshcontrol/config.yaml"),
            Path.Combine(data, "meshcontrol"),
            Path.Combine(run, "meshcontrol/meshcontrol.sock"));

        // The XDG rules tell programs to disregard relative paths in these variables.
        string? Directory(string variable) =>
            source.Environment.TryGetValue(variable, out var value) && Path.IsPathRooted(value) ? value : null;
    }
}
