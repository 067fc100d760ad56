using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Binding;

/// <summary>Guesses what an unknown key was meant to be.</summary>
internal static class KeySuggestion
{
    /// <summary>A misspelling in the same section is likelier than the right word in a wrong section, and that than both at once.</summary>
    public static string For(KeyTree section, string name, string path)
    {
        var candidates = KeyTable.All.OfType<UsedKey>().Select(key => key.Path).ToList();
        if (name.Contains('.', StringComparison.Ordinal) && candidates.Contains(path))
        {
            return $"Write {path.Replace(".", ": and, indented below it, ", StringComparison.Ordinal)}:.";
        }

        if (EditDistance.Nearest(name, section.Children.Keys) is { } sibling)
        {
            return $"Did you mean {section.Children[sibling].Path}?";
        }

        if (candidates.Find(candidate => LastName(candidate) == name) is { } elsewhere)
        {
            return $"Did you mean {elsewhere}?";
        }

        if (EditDistance.Nearest(path, candidates) is { } nearest)
        {
            return $"Did you mean {nearest}?";
        }

        return section.Path.Length == 0 ? "Remove it." : $"The keys in {section.Path} are {string.Join(", ", section.Children.Keys)}.";
    }

    private static string LastName(string path) => path[(path.LastIndexOf('.') + 1)..];
}
