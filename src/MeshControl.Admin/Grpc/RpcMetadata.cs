using System.Buffers;
using System.Collections;

namespace MeshControl.Admin.Grpc;

/// <summary>
/// Named values that travel beside a call's messages, in order; a name may occur several times. Names are lower case.
/// Names that end in <c>-bin</c> carry bytes (base64 on the wire), all others printable ASCII.
/// </summary>
public sealed class RpcMetadata : IEnumerable<KeyValuePair<string, string>>
{
    public const string BinarySuffix = "-bin";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    private readonly List<KeyValuePair<string, string>> _entries = [];

    public int Count => _entries.Count;

    /// <exception cref="ArgumentException">The name is reserved, malformed or binary, or the value is not printable ASCII.</exception>
    public void Add(string name, string value)
    {
        CheckName(name, binary: false);
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException("A text value consists of printable ASCII characters.", nameof(value));
        }

        _entries.Add(new(name, value));
    }

    /// <exception cref="ArgumentException">The name is reserved, malformed or does not end in <c>-bin</c>.</exception>
    public void AddBinary(string name, ReadOnlySpan<byte> value)
    {
        CheckName(name, binary: true);
        _entries.Add(new(name, BinaryValue.Encode(value)));
    }

    /// <summary>The first value of that name as it travels, or null.</summary>
    public string? GetText(string name)
    {
        foreach (var (key, value) in _entries)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The first value of that name as bytes; null when there is none or it is not base64.</summary>
    public byte[]? GetBinary(string name) => GetText(name) is { } text ? BinaryValue.Decode(text) : null;

    /// <summary>Takes over a header from the other side; names that belong to the protocol are left out.</summary>
    public void AddReceived(string name, string value)
    {
        if (RpcHeaders.IsReserved(name))
        {
            return;
        }

        var key = name.ToLowerInvariant();
        if (!key.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            _entries.Add(new(key, value));
            return;
        }

        // Binary values of the same name may arrive joined by commas, which base64 does not contain.
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            _entries.Add(new(key, part));
        }
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void CheckName(string name, bool binary)
    {
        if (name.Length == 0 || RpcHeaders.IsReserved(name) || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new ArgumentException($"\"{name}\" cannot be the name of metadata.", nameof(name));
        }

        if (name.EndsWith(BinarySuffix, StringComparison.Ordinal) != binary)
        {
            throw new ArgumentException($"Names of binary values, and only they, end in {BinarySuffix}.", nameof(name));
        }
    }
}
