using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>A value, or a list of at least one of them.</summary>
internal sealed class OneOrMoreKind<T>(string name, ScalarKind<T> item) : ValueKind<IReadOnlyList<T>>(name, EnvironmentForm.List)
{
    private readonly ListKind<T> _list = new(name, item);

    public override bool TryRead(string path, ConfigNode node, LoadContext context, out IReadOnlyList<T> value)
    {
        value = [];
        switch (node)
        {
            case SequenceNode { Items.Count: 0 }:
                context.Error(path, node.Origin, "The list is empty.", "Write at least one, or remove the line to get the default.");
                return false;
            case SequenceNode { Items.Count: > 1 }:
                return _list.TryRead(path, node, context, out value);
            default:
                if (!item.TryRead(path, node is SequenceNode { Items: [var only] } ? only : node, context, out var single))
                {
                    return false;
                }

                value = [single];
                return true;
        }
    }

    public override string Format(IReadOnlyList<T> value) => value.Count == 1 ? item.Format(value[0]) : _list.Format(value);
}
