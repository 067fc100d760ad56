using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SQLitePCL;

/// <summary>
/// UTF-8 text that a zero byte follows, in SQLite's memory or in an array; default means "no text". Text in SQLite's memory is
/// only valid until the next call on the same object: convert it at once.
/// </summary>
public readonly ref struct utf8z
{
    // Without the terminator. A null reference, unlike an empty text, means "no text".
    private readonly ReadOnlySpan<byte> _text;

    private utf8z(ReadOnlySpan<byte> text) => _text = text;

    private bool IsNull => Unsafe.IsNullRef(in MemoryMarshal.GetReference(_text));

    public static utf8z FromString(string? text)
    {
        if (text is null)
        {
            return default;
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        var count = Encoding.UTF8.GetBytes(text, bytes);
        return new utf8z(bytes.AsSpan(0, count));
    }

    public string? utf8_to_string() => IsNull ? null : Encoding.UTF8.GetString(_text);

    internal static unsafe utf8z FromPointer(byte* text) =>
        text is null ? default : new utf8z(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    internal static unsafe utf8z FromPointer(byte* text, int count) =>
        text is null ? default : new utf8z(new ReadOnlySpan<byte>(text, count));

    /// <summary>For <c>fixed</c>: unlike a span's own, it is not null for an empty text.</summary>
    internal ref readonly byte GetPinnableReference() => ref MemoryMarshal.GetReference(_text);
}
