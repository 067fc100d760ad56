using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>A section whose keys are region numbers. A null value stays null, or is left out where there can be none.</summary>
internal sealed class RegionTable<T>(string name, RegionTable<T>.ReadEntry read)
    : ValueKind<WireMap<int, T?>>($"a section of {name} by number", EnvironmentForm.None)
{
    public delegate bool ReadEntry(string path, int id, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out T value);

    public override bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out WireMap<int, T?> value)
    {
        value = null;
        if (node is not MappingNode mapping)
        {
            context.Error(
                path,
                node.Origin,
                $"Here stands {node.Shape}, but {Name} is expected.",
                "Write each number as a key of its own, such as 900.");
            return false;
        }

        var entries = new Dictionary<int, T?>();
        var sound = true;
        foreach (var entry in mapping.Entries)
        {
            var entryPath = $"{path}.{entry.Key}";
            if (entry.Value.IsNull && default(T) is not null)
            {
                continue;
            }

            if (TryReadId(entryPath, entry, context, out var id) && TryReadValue(entryPath, id, entry.Value, context, out var item))
            {
                entries[id] = item;
            }
            else
            {
                sound = false;
            }
        }

        value = WireMap.CopyOf(entries);
        return sound;
    }

    public override string Format(WireMap<int, T?> value) => value.ToString();

    private static bool TryReadId(string path, MappingEntry entry, LoadContext context, out int id)
    {
        // Only the plain form, so that no number can stand there twice.
        var isId = int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out id)
            && id is >= 1 and <= MapRules.MaxRegionId && entry.Key[0] != '0';
        if (!isId)
        {
            context.Error(
                path,
                entry.Origin,
                $"\"{entry.Key}\" is not the number of a region.",
                $"Write a number from 1 to {MapRules.MaxRegionId}; 900 to 999 are meant for relays of one's own.");
        }

        return isId;
    }

    private bool TryReadValue(string path, int id, ConfigNode node, LoadContext context, out T? value)
    {
        value = default;
        return node.IsNull || read(path, id, node, context, out value);
    }
}
