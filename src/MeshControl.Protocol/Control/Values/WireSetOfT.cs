using System.Collections;
using System.Runtime.CompilerServices;

namespace MeshControl.Protocol.Control;

/// <summary>
/// A list that keeps its order on the wire but compares as a set: order and repetition do not matter. For what clients
/// send in no particular order, such as advertised routes.
/// </summary>
[CollectionBuilder(typeof(WireSet), nameof(WireSet.Create))]
public sealed class WireSet<T> : IReadOnlyList<T>, IEquatable<WireSet<T>>
{
    private readonly T[] _items;

    internal WireSet(T[] owned) => _items = owned;

    internal static WireSet<T> Empty { get; } = new([]);

    public int Count => _items.Length;

    public ReadOnlySpan<T> Span => _items;

    public T this[int index] => _items[index];

    public bool Equals(WireSet<T>? other) =>
        other is not null
        && (ReferenceEquals(this, other) || Span.SequenceEqual(other.Span) || new HashSet<T>(_items).SetEquals(other._items));

    public override bool Equals(object? obj) => Equals(obj as WireSet<T>);

    public override int GetHashCode()
    {
        var hash = 0;
        foreach (var item in new HashSet<T>(_items))
        {
            hash = unchecked(hash + (item?.GetHashCode() ?? 0));
        }

        return hash;
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    public override string ToString() => $"{{{string.Join(", ", _items)}}}";
}
