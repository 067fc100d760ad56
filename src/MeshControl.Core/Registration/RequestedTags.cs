using MeshControl.Core.Keys;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Registration;

/// <summary>The tags that a client asks for itself.</summary>
internal static class RequestedTags
{
    /// <summary>Tags that are repeated to the client and in the log, which did not come from anybody we know.</summary>
    private const int MaxQuoted = 10;

    /// <summary>Null when all of them are allowed, else the sentence that the user sees.</summary>
    public static string? RefusalOf(Hostinfo? hostinfo, Func<string, bool> isAllowed)
    {
        var refused = (hostinfo?.RequestTags ?? []).Where(tag => !isAllowed(tag)).ToArray();
        return refused.Length == 0 ? null : $"requested tags [{Quote(refused)}] are invalid or not permitted";
    }

    private static string Quote(string[] tags)
    {
        var quoted = tags.Take(MaxQuoted).Select(tag => tag.Length > TagNames.MaxLength ? tag[..TagNames.MaxLength] + "…" : tag);
        return string.Join(' ', quoted) + (tags.Length > MaxQuoted ? $" and {tags.Length - MaxQuoted} more" : "");
    }
}
