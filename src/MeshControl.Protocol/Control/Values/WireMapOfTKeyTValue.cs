using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Protocol.Control;

/// <summary>
/// An immutable map that compares by content. Keys go to the wire verbatim, in insertion order; values may be
/// null where <c>null</c> means something (delete this entry, present without a value).
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "One family of names with WireList and WireSet.")]
public sealed class WireMap<TKey, TValue> : IReadOnlyDictionary<TKey, TValue>, IEquatable<WireMap<TKey, TValue>>
    where TKey : notnull
{
    private readonly OrderedDictionary<TKey, TValue> _entries;

    internal WireMap(OrderedDictionary<TKey, TValue> owned) => _entries = owned;

    internal static WireMap<TKey, TValue> Empty { get; } = new([]);

    public int Count => _entries.Count;

    public IEnumerable<TKey> Keys => _entries.Keys;

    public IEnumerable<TValue> Values => _entries.Values;

    public TValue this[TKey key] => _entries[key];

    public bool ContainsKey(TKey key) => _entries.ContainsKey(key);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    public bool Equals(WireMap<TKey, TValue>? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other.Count != Count)
        {
            return false;
        }

        foreach (var (key, value) in _entries)
        {
            if (!other._entries.TryGetValue(key, out var theirs) || !EqualityComparer<TValue>.Default.Equals(value, theirs))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as WireMap<TKey, TValue>);

    public override int GetHashCode()
    {
        var hash = 0;
        foreach (var (key, value) in _entries)
        {
            hash = unchecked(hash + HashCode.Combine(key, value));
        }

        return hash;
    }

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{{{string.Join(", ", _entries)}}}";
}
