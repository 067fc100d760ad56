namespace MeshControl.Policy.Text;

/// <summary>The text that errors point into.</summary>
internal sealed class SourceText(string text)
{
    public string Text => text;

    public PolicyError Error(string message, TextPosition position) => new(message, position, LineAt(position));

    private string LineAt(TextPosition position)
    {
        var start = 0;
        for (var line = 1; line < position.Line; line++)
        {
            start = text.IndexOf('\n', start) + 1;
        }

        var end = text.IndexOf('\n', start);
        return text.AsSpan(start, (end < 0 ? text.Length : end) - start).TrimEnd('\r').ToString();
    }
}
