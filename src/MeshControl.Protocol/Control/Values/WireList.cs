namespace MeshControl.Protocol.Control;

/// <summary>Makes <see cref="WireList{T}"/> values; collection expressions end up here.</summary>
public static class WireList
{
    public static WireList<T> Empty<T>() => WireList<T>.Empty;

    public static WireList<T> Create<T>(ReadOnlySpan<T> items) => items.IsEmpty ? WireList<T>.Empty : new WireList<T>(items.ToArray());

    public static WireList<T> CopyOf<T>(IEnumerable<T> items) => Create<T>([.. items]);
}
