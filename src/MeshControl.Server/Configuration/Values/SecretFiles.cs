using System.Text.RegularExpressions;
using MeshControl.Server.Configuration.Binding;

namespace MeshControl.Server.Configuration.Values;

/// <summary>Secrets that lie in files of their own, as container and service managers hand them out.</summary>
internal static partial class SecretFiles
{
    public static Parsed<Secret?> Read(string text, LoadContext context)
    {
        if (text.Length == 0)
        {
            return (Secret?)null;
        }

        if (MissingVariable(text, context) is { } missing)
        {
            return Parsed<Secret?>.Bad(
                $"The environment variable {missing} in the path \"{text}\" is not set.", "Set it, or write the path in full.");
        }

        var path = context.ResolvePath(Expand(text, context));
        var file = context.ReadFile(path);
        if (file.Text is null)
        {
            return Parsed<Secret?>.Bad(
                $"The secret cannot be read from {path}: {file.Failure}", "Check the path, and that the server's user may read the file.");
        }

        var secret = TrimLineEnd(file.Text);
        return secret.Length > 0
            ? new Secret(secret)
            : Parsed<Secret?>.Bad($"The file {path} is empty.", "Write the secret into it, or remove this key.");
    }

    /// <summary>Only the line end: other white space may well belong to the secret.</summary>
    private static string TrimLineEnd(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;

    // Service managers name the directory of their secrets in a variable, such as $CREDENTIALS_DIRECTORY.
    private static string Expand(string text, LoadContext context) =>
        Variable().Replace(text, match => context.Environment[match.Groups[1].Value]);

    private static string? MissingVariable(string text, LoadContext context) =>
        Variable().Matches(text).Select(match => match.Groups[1].Value).FirstOrDefault(name => !context.Environment.ContainsKey(name));

    [GeneratedRegex(@"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
