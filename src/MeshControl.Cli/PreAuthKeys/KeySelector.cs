namespace MeshControl.Cli.PreAuthKeys;

/// <summary>A pre-auth key as somebody names it.</summary>
/// <param name="Id">0 when it is named by its text.</param>
/// <param name="Text">All of the key, or its beginning; empty when it is named by its id.</param>
internal sealed record KeySelector(long Id, string Text)
{
    /// <summary>The characters of a beginning, as lists show it.</summary>
    private const int BeginningLength = 23;

    /// <summary>Without the secret.</summary>
    public override string ToString() =>
        Text.Length == 0 ? $"{Id}" : Text.Length > BeginningLength ? $"{Text[..BeginningLength]}…" : Text;
}
