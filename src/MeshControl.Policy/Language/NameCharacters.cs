using System.Buffers;

namespace MeshControl.Policy.Language;

/// <summary>What names of tags and services consist of.</summary>
internal static class NameCharacters
{
    public static SearchValues<char> Allowed { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
}
