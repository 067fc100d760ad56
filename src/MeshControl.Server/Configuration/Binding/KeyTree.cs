using MeshControl.Server.Configuration.Keys;

namespace MeshControl.Server.Configuration.Binding;

/// <summary>The keys by the sections they stand in.</summary>
internal sealed class KeyTree
{
    private readonly Dictionary<string, KeyTree> _children = new(StringComparer.Ordinal);

    private KeyTree(string path) => Path = path;

    /// <summary>Of the section or key; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Null for a section.</summary>
    public ConfigurationKey? Key { get; private set; }

    /// <summary>What may be written in this section.</summary>
    public IReadOnlyDictionary<string, KeyTree> Children => _children;

    public static KeyTree Of(IEnumerable<ConfigurationKey> keys)
    {
        var root = new KeyTree("");
        foreach (var key in keys)
        {
            var node = root;
            foreach (var name in key.Path.Split('.'))
            {
                node = node.Child(name);
            }

            node.Key = key;
        }

        return root;
    }

    private KeyTree Child(string name)
    {
        if (!_children.TryGetValue(name, out var child))
        {
            _children[name] = child = new KeyTree(Path.Length == 0 ? name : $"{Path}.{name}");
        }

        return child;
    }
}
