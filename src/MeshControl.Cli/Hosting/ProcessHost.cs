using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Cli.Hosting;

/// <summary>The real process.</summary>
internal static class ProcessHost
{
    public static CliHost Create() => new()
    {
        // Not the console's own reader, which switches the terminal to another mode and does not switch it back.
        In = new StreamReader(Console.OpenStandardInput()),
        Out = Console.Out,
        Error = Console.Error,
        OutIsTerminal = !Console.IsOutputRedirected,
        Width = Console.IsOutputRedirected ? 0 : Console.WindowWidth,
        Environment = ReadEnvironment(),
        Privileged = Environment.IsPrivilegedProcess,
        WorkingDirectory = Directory.GetCurrentDirectory(),
        Time = TimeProvider.System,
    };

    [SuppressMessage("ApiDesign", "RS0030", Justification = "This is the one place of the program that reads the environment.")]
    private static Dictionary<string, string> ReadEnvironment()
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);

        // The system knows the home directory even where the variable is missing, as in cron jobs.
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home)
        {
            environment.TryAdd("HOME", home);
        }

        return environment;
    }
}
