namespace MeshControl.Admin;

/// <summary>Where both sides look for each other and for the configuration when nobody says otherwise.</summary>
public static class AdminDefaults
{
    public const string ConfigVariable = "MESHCONTROL_CONFIG";
    public const string UnixSocketVariable = "MESHCONTROL_UNIX_SOCKET";
    public const string UnixSocketKey = "unix_socket";

    /// <summary>Configuration and socket of a server that runs as a system service.</summary>
    public const string SystemConfig = "/etc/meshcontrol/config.yaml";
    public const string SystemSocket = "/var/run/meshcontrol/meshcontrol.sock";

    /// <summary>The default of <c>unix_socket</c>.</summary>
    /// <param name="privileged">True for root, who owns the system's directories.</param>
    /// <param name="variables">The environment: the value of a variable, or null.</param>
    public static string SocketPath(bool privileged, Func<string, string?> variables) =>
        privileged ? SystemSocket : Own("XDG_RUNTIME_DIR", ".local/state", "meshcontrol/meshcontrol.sock", variables) ?? SystemSocket;

    /// <summary>The configuration file that is read when none was named.</summary>
    /// <inheritdoc cref="SocketPath"/>
    public static string ConfigPath(bool privileged, Func<string, string?> variables) =>
        privileged ? SystemConfig : Own("XDG_CONFIG_HOME", ".config", "meshcontrol/config.yaml", variables) ?? SystemConfig;

    private static string? Own(string variable, string homeDirectory, string file, Func<string, string?> variables)
    {
        // The XDG rules tell programs to disregard relative paths in these variables.
        if (variables(variable) is { } directory && Path.IsPathRooted(directory))
        {
            return Path.Combine(directory, file);
        }

        return variables("HOME") is { Length: > 0 } home ? Path.Combine(home, homeDirectory, file) : null;
    }
}
