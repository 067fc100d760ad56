using System.CommandLine;
using MeshControl.Cli.Completion;

namespace MeshControl.Cli.Logins;

/// <summary>The option that names a pending login.</summary>
internal static class AuthIdOption
{
    /// <param name="live">For completion.</param>
    public static Option<string> Create(LiveValues live) => new("--auth-id")
    {
        Description = "The login: its id, or the URL that the device shows.",
        HelpName = "ID",
        Required = true,
        CompletionSources = { live.AuthIds },
    };
}
