using System.Collections.Immutable;

namespace MeshControl.Core.Keys;

/// <summary>Names of tags: <c>tag:</c>, an ASCII letter, then letters, digits and hyphens, as clients check them.</summary>
public static class TagNames
{
    /// <summary>Tags of one node or key: more than anybody has, and a bound for what each peer is sent.</summary>
    public const int MaxTags = 64;

    /// <summary>Characters of a tag: two DNS labels, and nobody writes half of it.</summary>
    public const int MaxLength = 127;

    private const string Prefix = "tag:";

    public static bool IsValid(string tag) =>
        tag.Length > Prefix.Length && tag.Length <= MaxLength
        && tag.StartsWith(Prefix, StringComparison.Ordinal)
        && char.IsAsciiLetter(tag[Prefix.Length])
        && tag.AsSpan(Prefix.Length).IndexOfAnyExcept(LabelCharacters) < 0;

    /// <summary>Sorted, without repetitions; or the sentence that says which one is wrong.</summary>
    public static Result<ImmutableArray<string>> Normalise(IEnumerable<string> tags)
    {
        var set = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var tag in tags.Select(tag => tag.Trim()))
        {
            if (!IsValid(tag))
            {
                return CoreError.Invalid($"\"{tag}\" is not a tag: write tag:name, a letter first, then letters, digits and hyphens.");
            }

            set.Add(tag);
        }

        return set.Count <= MaxTags
            ? ImmutableArray.CreateRange(set)
            : CoreError.Invalid($"{set.Count} tags are more than the {MaxTags} that are allowed.");
    }

    private static readonly System.Buffers.SearchValues<char> LabelCharacters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}
