using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Cli.Hosting;

/// <summary>The real process.</summary>
internal static class ProcessHost
{
    [SuppressMessage("ApiDesign", "RS0030", Justification = "This is the one place of the program that reads the environment.")]
    public static CliHost Create() => new()
    {
        In = Console.In,
        Out = Console.Out,
        Error = Console.Error,
        OutIsTerminal = !Console.IsOutputRedirected,
        Width = Console.IsOutputRedirected ? 0 : Console.WindowWidth,
        Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal),
        Privileged = Environment.IsPrivilegedProcess,
        WorkingDirectory = Directory.GetCurrentDirectory(),
        Time = TimeProvider.System,
    };
}
