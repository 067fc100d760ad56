using System.Diagnostics.CodeAnalysis;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>A value that is one word or line of text.</summary>
internal sealed class ScalarKind<T>(string name, Func<string, LoadContext, Parsed<T>> parse, Func<T, string> format)
    : ValueKind<T>(name, EnvironmentForm.Single)
{
    private readonly Func<string, Parsed<T>>? _parseAlone;

    public ScalarKind(string name, Func<string, Parsed<T>> parse, Func<T, string> format)
        : this(name, (text, _) => parse(text), format) => _parseAlone = parse;

    /// <summary>Reads a text that stands in no configuration, such as a flag.</summary>
    /// <exception cref="InvalidOperationException">The value depends on where its text stands.</exception>
    public Parsed<T> Parse(string text) =>
        _parseAlone is null ? throw new InvalidOperationException($"What {Name} is depends on the configuration.") : _parseAlone(text);

    public override bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not ScalarNode scalar)
        {
            context.Error(
                path, node.Origin, $"Here stands {node.Shape}, but {Name} is expected.", $"Write {path}: and the value on the same line.");
            return false;
        }

        var parsed = parse(scalar.Text, context);
        if (parsed.Message is { } message)
        {
            context.Error(path, scalar.Origin, message, parsed.Remedy);
            return false;
        }

        value = parsed.Value!;
        return true;
    }

    public override string Format(T value) => format(value);
}
