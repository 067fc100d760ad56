using System.CommandLine;
using MeshControl.Cli.Completion;

namespace MeshControl.Cli.Logins;

/// <summary>The option that names what somebody has to decide.</summary>
internal static class AuthIdOption
{
    /// <param name="live">For completion.</param>
    public static Option<string> Create(LiveValues live) => new("--auth-id")
    {
        Description = "What to decide about: its id, or the URL that the device or the SSH client shows.",
        HelpName = "ID",
        Required = true,
        CompletionSources = { live.AuthIds },
    };
}
