namespace MeshControl.Policy.Explain;

/// <summary>What people call the nodes, which policies know by address only.</summary>
/// <param name="nodes">Index to name, unique.</param>
public sealed class WorldNames(IReadOnlyDictionary<int, string> nodes)
{
    private Dictionary<string, int>? _byName;

    public string Of(int index) => nodes.TryGetValue(index, out var name) ? name : $"node {index}";

    /// <summary>The node of a name; the first label of a longer one counts, as the domain is the same for all.</summary>
    public int? Find(string name)
    {
        _byName ??= nodes.DistinctBy(node => node.Value, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(node => node.Value, node => node.Key, StringComparer.OrdinalIgnoreCase);
        return _byName.TryGetValue(name, out var index) || _byName.TryGetValue(name.Split('.', 2)[0], out index) ? index : null;
    }
}
