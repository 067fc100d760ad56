using System.Collections;
using System.Runtime.CompilerServices;

namespace MeshControl.Protocol.Control;

/// <summary>
/// An immutable list that compares by content, so that the records which hold it compare by content too. Absent and
/// <c>null</c> on the wire are a null reference, <c>[]</c> is an empty list: clients tell the two apart in places.
/// </summary>
[CollectionBuilder(typeof(WireList), nameof(WireList.Create))]
public sealed class WireList<T> : IReadOnlyList<T>, IEquatable<WireList<T>>
{
    private readonly T[] _items;

    internal WireList(T[] owned) => _items = owned;

    internal static WireList<T> Empty { get; } = new([]);

    public int Count => _items.Length;

    public ReadOnlySpan<T> Span => _items;

    public T this[int index] => _items[index];

    public bool Equals(WireList<T>? other) => other is not null && (ReferenceEquals(this, other) || Span.SequenceEqual(other.Span));

    public override bool Equals(object? obj) => Equals(obj as WireList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", _items)}]";
}
