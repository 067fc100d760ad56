using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>A key together with the property it fills.</summary>
internal sealed class BoundKey<T>(
    string path, ValueKind<T> kind, Func<ServerOptions, T> get, Func<ServerOptions, T, ServerOptions> set, string description)
    : UsedKey(path, description)
{
    public override string KindName => kind.Name;

    public override EnvironmentForm EnvironmentForm => kind.EnvironmentForm;

    public override ServerOptions Apply(ServerOptions options, ConfigNode node, LoadContext context)
    {
        if (Alternative is { } other && !IsEmpty(node) && context.Find(other) is { } otherNode && !IsEmpty(otherNode))
        {
            context.Error(Path, $"Both this key and {other} are set.", "Keep one of the two.");
            return options;
        }

        return kind.TryRead(Path, node, context, out var value) ? set(options, value) : options;
    }

    public override string Format(ServerOptions options) => kind.Format(get(options));

    public override bool Differs(ServerOptions left, ServerOptions right) => (get(left), get(right)) switch
    {
        (Secret one, Secret other) => one.Reveal() != other.Reveal(),
        (string one, string other) => one != other,

        // Lists compare by what is in them, and how that is written tells all of it.
        (System.Collections.IEnumerable, System.Collections.IEnumerable) => Format(left) != Format(right),
        var (one, other) => !Equals(one, other),
    };

    public override ServerOptions Copy(ServerOptions source, ServerOptions target) => set(target, get(source));

    private static bool IsEmpty(ConfigNode node) => node is ScalarNode { Text.Length: 0 };
}
