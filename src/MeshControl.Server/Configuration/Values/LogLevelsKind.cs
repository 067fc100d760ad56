using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>A section whose keys are areas and whose values are levels; in the environment <c>area=level</c>, with commas between.</summary>
internal sealed class LogLevelsKind() : ValueKind<IReadOnlyList<AreaLevel>>("a section of areas with levels", EnvironmentForm.List)
{
    public override bool TryRead(string path, ConfigNode node, LoadContext context, out IReadOnlyList<AreaLevel> value)
    {
        value = [];
        if (Entries(path, node, context) is not { } entries)
        {
            return false;
        }

        var levels = new List<AreaLevel>();
        foreach (var (name, text) in entries)
        {
            var entryPath = $"{path}.{name}";
            if (LogArea.All.FirstOrDefault(area => area.Name == name) is not { } area)
            {
                var names = LogArea.All.Select(known => known.Name).ToArray();
                var nearest = EditDistance.Nearest(name, names);
                context.Error(
                    entryPath,
                    text.Origin,
                    "There is no such area.",
                    nearest is null ? $"The areas are {string.Join(", ", names)}." : $"Did you mean {nearest}?");
                return false;
            }

            if (levels.Exists(level => level.Area == area))
            {
                context.Error(entryPath, text.Origin, "The area is written twice.", "Keep one of the two.");
                return false;
            }

            if (!Kinds.Level.TryRead(entryPath, text, context, out var level))
            {
                return false;
            }

            levels.Add(new AreaLevel(area, level));
        }

        value = levels;
        return true;
    }

    public override string Format(IReadOnlyList<AreaLevel> value) =>
        $"{{{string.Join(", ", value.Select(level => $"{level.Area.Name}: {Kinds.Level.Format(level.Level)}"))}}}";

    private List<(string Name, ConfigNode Level)>? Entries(string path, ConfigNode node, LoadContext context)
    {
        if (node is MappingNode mapping)
        {
            return [.. mapping.Entries.Select(entry => (entry.Key, entry.Value))];
        }

        // The one form that a variable has; in a file a list would be mistaken for it.
        if (node is not SequenceNode sequence || node.Origin.Variable is null)
        {
            context.Error(
                path, node.Origin, $"Here stands {node.Shape}, but {Name} is expected.", "Write one area a line, such as \"noise: debug\".");
            return null;
        }

        var entries = new List<(string Name, ConfigNode Level)>();
        foreach (var item in sequence.Items.OfType<ScalarNode>())
        {
            var parts = item.Text.Split('=', 2);
            if (parts.Length != 2)
            {
                context.Error(path, item.Origin, $"\"{item.Text}\" is no area with a level.", "Write area=level, such as noise=debug.");
                return null;
            }

            entries.Add((parts[0], new ScalarNode(item.Origin, parts[1])));
        }

        return entries;
    }
}
