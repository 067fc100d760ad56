using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>Nothing, a value, or a list of values.</summary>
internal sealed class NoneOrMoreKind<T>(string name, ScalarKind<T> item) : ValueKind<IReadOnlyList<T>>(name, EnvironmentForm.List)
{
    private readonly OneOrMoreKind<T> _some = new(name, item);

    public override bool TryRead(string path, ConfigNode node, LoadContext context, out IReadOnlyList<T> value)
    {
        value = [];
        return node is ScalarNode { Text.Length: 0 } or SequenceNode { Items.Count: 0 } || _some.TryRead(path, node, context, out value);
    }

    public override string Format(IReadOnlyList<T> value) => value.Count == 0 ? "\"\"" : _some.Format(value);
}
