using System.Diagnostics;

namespace MeshControl.Server.Configuration;

/// <summary>
/// A password or key from the configuration. It prints as a placeholder everywhere; <see cref="Reveal"/> is the only way to the
/// text.
/// </summary>
[DebuggerDisplay("[redacted]")]
public sealed class Secret
{
    private readonly string _text;

    public Secret(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>The secret itself, to be handed straight to what needs it: never to a log, a message or a file.</summary>
    public string Reveal() => _text;

    public override string ToString() => "[redacted]";
}
