namespace MeshControl.ClientTests.Processes;

/// <summary>What a program that has ended left behind.</summary>
internal sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Both streams, for messages that a program may print on either.</summary>
    public string Text => Output + Error;

    /// <exception cref="CommandFailedException">The exit status is not 0.</exception>
    public CommandResult OrThrow() =>
        Succeeded ? this : throw new CommandFailedException($"`{Command}` ended with {ExitCode}: {Text.Trim()}");
}
