using System.Diagnostics.CodeAnalysis;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>What may stand behind a key, how to read it and how to write it.</summary>
/// <param name="name">For people, with its article: "a duration such as 30m".</param>
internal abstract class ValueKind<T>(string name, EnvironmentForm environmentForm)
{
    public string Name { get; } = name;

    public EnvironmentForm EnvironmentForm { get; } = environmentForm;

    /// <summary>Reads the value and reports every mistake under <paramref name="path"/>.</summary>
    /// <returns>False when there was a mistake.</returns>
    public abstract bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out T value);

    /// <summary>The value as one would write it in the file, on one line.</summary>
    public abstract string Format(T value);
}
