namespace MeshControl.Cli.Errors;

/// <summary>Why a command did not do what it should: an exit status and one sentence.</summary>
internal sealed record CliError(int ExitCode, string Message)
{
    public static CliError Usage(string message) => new(ExitCodes.Usage, message);
}
