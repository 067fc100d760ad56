namespace MeshControl.Cli.Input;

internal enum PromptAnswer
{
    Yes,
    No,

    /// <summary>The input is at its end: no human is there.</summary>
    Nobody,
}
