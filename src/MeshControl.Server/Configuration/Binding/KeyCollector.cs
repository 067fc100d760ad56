using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Binding;

/// <summary>Finds the values of known keys in a file and reports everything else that stands there.</summary>
internal static class KeyCollector
{
    private static readonly KeyTree Tree = KeyTree.Of(KeyTable.All);

    public static void Collect(ConfigNode root, LoadContext context) => Collect(root, root.Origin, Tree, context);

    private static void Collect(ConfigNode node, ConfigurationOrigin origin, KeyTree section, LoadContext context)
    {
        if (node.IsNull)
        {
            return;
        }

        if (node is not MappingNode mapping)
        {
            context.Error(
                section.Path,
                origin,
                $"Here stands {node.Shape}, but {(section.Path.Length == 0 ? "the file" : section.Path)} is a section of keys.",
                $"Write its keys on indented lines below it: {string.Join(", ", section.Children.Keys)}.");
            return;
        }

        foreach (var entry in mapping.Entries)
        {
            if (!section.Children.TryGetValue(entry.Key, out var child))
            {
                ReportUnknown(section, entry, context);
            }
            else if (child.Key is null)
            {
                Collect(entry.Value, entry.Origin, child, context);
            }
            else if (!entry.Value.IsNull)
            {
                context.Write(child.Path, entry.Value);
            }
        }
    }

    private static void ReportUnknown(KeyTree section, MappingEntry entry, LoadContext context)
    {
        var path = section.Path.Length == 0 ? entry.Key : $"{section.Path}.{entry.Key}";
        context.Error(path, entry.Origin, "There is no such key.", KeySuggestion.For(section, entry.Key, path));
    }
}
