using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace SQLitePCL;

/// <summary>
/// A string as UTF-8 of known length, so that zero characters inside it survive: short ones in the caller's stack buffer, long ones
/// in a rented array. A zero byte follows the text. Dispose returns the array.
/// </summary>
internal ref struct Utf8Buffer
{
    private byte[]? _rented;
    private readonly Span<byte> _bytes;

    public Utf8Buffer(string text, Span<byte> stack)
    {
        var needed = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        _bytes = needed <= stack.Length ? stack : (_rented = ArrayPool<byte>.Shared.Rent(needed));
        Length = Encoding.UTF8.GetBytes(text, _bytes);
        _bytes[Length] = 0;
    }

    /// <summary>Bytes of text, without the zero byte.</summary>
    public int Length { get; }

    public readonly ref byte GetPinnableReference() => ref MemoryMarshal.GetReference(_bytes);

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
