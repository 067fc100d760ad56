namespace MeshControl.Server.Configuration;

/// <summary>The outcome of reading a text file: its text, or why there is none.</summary>
/// <param name="IsMissing">There is no such file (as opposed to one that cannot be read).</param>
/// <param name="Failure">The operating system's reason; null when there is a text.</param>
public sealed record ConfigurationFile(string? Text, bool IsMissing, string? Failure)
{
    public static ConfigurationFile Missing { get; } = new(null, true, "There is no such file.");

    public static ConfigurationFile Of(string text) => new(text, false, null);

    public static ConfigurationFile Unreadable(string failure) => new(null, false, failure);
}
