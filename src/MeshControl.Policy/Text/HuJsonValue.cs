namespace MeshControl.Policy.Text;

/// <summary>A value that was read, and where it begins.</summary>
internal sealed class HuJsonValue
{
    private readonly object? _content;

    public HuJsonValue(HuJsonKind kind, TextPosition position, object? content = null)
    {
        Kind = kind;
        Position = position;
        _content = content;
    }

    public HuJsonKind Kind { get; }

    public TextPosition Position { get; }

    /// <summary>A string's content, a number as written; empty for all others.</summary>
    public string Text => _content as string ?? "";

    /// <summary>Of an array; empty for all others.</summary>
    public IReadOnlyList<HuJsonValue> Items => _content as HuJsonValue[] ?? [];

    /// <summary>Of an object, in the order written, no name twice; empty for all others.</summary>
    public IReadOnlyList<HuJsonMember> Members => _content as HuJsonMember[] ?? [];
}
