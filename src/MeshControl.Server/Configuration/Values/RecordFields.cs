using System.Diagnostics.CodeAnalysis;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>
/// The fields of a record that others define the shape of, with names in any case: <c>HostName</c> in JSON, <c>hostname</c> in
/// YAML.
/// </summary>
/// <param name="name">Of the record, with its article.</param>
internal sealed class RecordFields<T>(string name)
{
    private readonly Dictionary<string, ReadField> _fields = new(StringComparer.OrdinalIgnoreCase);

    private delegate bool ReadField(string path, ConfigNode node, LoadContext context, ref T record);

    public RecordFields<T> Add<TValue>(string field, ValueKind<TValue> kind, Func<T, TValue, T> set)
    {
        _fields.Add(field, Read);
        return this;

        bool Read(string path, ConfigNode node, LoadContext context, ref T record)
        {
            if (!kind.TryRead(path, node, context, out var value))
            {
                return false;
            }

            record = set(record, value);
            return true;
        }
    }

    /// <summary>Fills <paramref name="start"/> and reports what is wrong.</summary>
    public bool TryRead(string path, ConfigNode node, LoadContext context, T start, [MaybeNullWhen(false)] out T record)
    {
        record = start;
        if (node is not MappingNode mapping)
        {
            context.Error(
                path,
                node.Origin,
                $"Here stands {node.Shape}, but {name} is expected.",
                $"Its keys are {string.Join(", ", _fields.Keys)}.");
            return false;
        }

        var sound = true;
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in mapping.Entries)
        {
            var fieldPath = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
            if (!_fields.TryGetValue(entry.Key, out var read))
            {
                sound &= IsTolerable(fieldPath, entry, context);
            }
            else if (!seen.Add(entry.Key))
            {
                context.Error(fieldPath, entry.Origin, "The key is written twice, in different spellings.", "Keep one of the two.");
                sound = false;
            }
            else if (!entry.Value.IsNull)
            {
                sound &= read(fieldPath, entry.Value, context, ref record);
            }
        }

        return sound;
    }

    /// <summary>A misspelling is an error; a field nobody has heard of may be one that a newer client knows.</summary>
    private bool IsTolerable(string path, MappingEntry entry, LoadContext context)
    {
        if (context.TakesUnknownFields)
        {
            return true;
        }

        if (EditDistance.Nearest(entry.Key, _fields.Keys) is { } nearest)
        {
            context.Error(path, entry.Origin, "There is no such key.", $"Did you mean {nearest}?");
            return false;
        }

        context.Warn(
            path, entry.Origin, "There is no such key; it is left out.", $"The keys of {name} are {string.Join(", ", _fields.Keys)}.");
        return true;
    }
}
