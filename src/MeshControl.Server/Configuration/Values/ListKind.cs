using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>A list of values of one kind.</summary>
internal sealed class ListKind<T>(string name, ScalarKind<T> item) : ValueKind<IReadOnlyList<T>>(name, EnvironmentForm.List)
{
    public override bool TryRead(string path, ConfigNode node, LoadContext context, out IReadOnlyList<T> value)
    {
        value = [];
        if (node is not SequenceNode sequence)
        {
            context.Error(
                path,
                node.Origin,
                $"Here stands {node.Shape}, but {Name} is expected.",
                "Write each item on a line of its own, as \"- item\", or all in brackets: [a, b].");
            return false;
        }

        var items = new List<T>(sequence.Items.Count);
        var sound = true;
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            if (item.TryRead($"{path}[{i}]", sequence.Items[i], context, out var read))
            {
                items.Add(read);
            }
            else
            {
                sound = false;
            }
        }

        value = items;
        return sound;
    }

    public override string Format(IReadOnlyList<T> value) => $"[{string.Join(", ", value.Select(item.Format))}]";
}
