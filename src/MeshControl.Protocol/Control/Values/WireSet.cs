namespace MeshControl.Protocol.Control;

/// <summary>Makes <see cref="WireSet{T}"/> values; collection expressions end up here.</summary>
public static class WireSet
{
    public static WireSet<T> Empty<T>() => WireSet<T>.Empty;

    public static WireSet<T> Create<T>(ReadOnlySpan<T> items) => items.IsEmpty ? WireSet<T>.Empty : new WireSet<T>(items.ToArray());

    public static WireSet<T> CopyOf<T>(IEnumerable<T> items) => Create<T>([.. items]);
}
