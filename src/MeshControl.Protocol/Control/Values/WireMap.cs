namespace MeshControl.Protocol.Control;

/// <summary>Makes <see cref="WireMap{TKey, TValue}"/> values.</summary>
public static class WireMap
{
    public static WireMap<TKey, TValue> Empty<TKey, TValue>()
        where TKey : notnull => WireMap<TKey, TValue>.Empty;

    /// <summary>Of two entries with the same key the later one stays.</summary>
    public static WireMap<TKey, TValue> CopyOf<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> entries)
        where TKey : notnull
    {
        var copy = new OrderedDictionary<TKey, TValue>();
        foreach (var (key, value) in entries)
        {
            copy[key] = value;
        }

        return copy.Count == 0 ? WireMap<TKey, TValue>.Empty : new WireMap<TKey, TValue>(copy);
    }
}
