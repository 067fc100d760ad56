using System.Buffers;
using System.Globalization;
using System.Text;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Naming;

/// <summary>The DNS label of a node: made from what the client calls itself, unique within the tailnet.</summary>
public static class GivenNames
{
    /// <summary>Longest DNS label.</summary>
    public const int MaxLength = 63;

    /// <summary>What a node is called whose host name holds nothing that a label may hold.</summary>
    private const string Fallback = "node";

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>
    /// Lower case; apostrophes vanish (<c>Joe's Mac</c> → <c>joes-mac</c>); anything else that a label may not hold becomes a
    /// hyphen; only the first label of a dotted name with a well-known local suffix is kept.
    /// </summary>
    public static string Sanitise(string hostname)
    {
        var name = hostname.Trim();
        foreach (var suffix in (ReadOnlySpan<string>)[".local", ".localdomain", ".lan"])
        {
            if (name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                name = name[..^suffix.Length];
                break;
            }
        }

        var label = new StringBuilder(Math.Min(name.Length, MaxLength));
        foreach (var rune in name.EnumerateRunes())
        {
            if (label.Length >= MaxLength)
            {
                break;
            }

            if (rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value))
            {
                label.Append(char.ToLowerInvariant((char)rune.Value));
            }
            else if (rune.Value is not ('\'' or '’') && label.Length > 0)
            {
                label.Append('-');
            }
        }

        var result = label.ToString().Trim('-');
        return result.Length == 0 ? Fallback : result;
    }

    /// <summary>Null when a name in lower case will do as it is, else one sentence.</summary>
    public static string? Check(string name) =>
        Encoding.UTF8.GetByteCount(name) > MaxLength
            ? $"The name \"{name}\" is too long, max length is {MaxLength} bytes."
            : name.Length == 0 || name[0] == '-' || name[^1] == '-' || name.AsSpan().IndexOfAnyExcept(LabelCharacters) >= 0
                ? $"\"{name}\" is not a name for a node: it needs letters a to z, digits and hyphens, and no hyphen at its ends."
                : null;

    /// <summary>The sanitised name, with <c>-1</c>, <c>-2</c>, … behind it when others have it.</summary>
    /// <param name="nodes">Those who may have it.</param>
    /// <param name="hostname">As the client sent it.</param>
    /// <param name="self">Whose name it becomes: what that node has already is free for it. Null for a new node.</param>
    public static string Unique(NodeTable nodes, string hostname, NodeId? self = null)
    {
        var label = Sanitise(hostname);
        var candidate = label;
        for (var number = 1; nodes.TryGetByName(candidate, out var holder) && holder.Id != self; number++)
        {
            var suffix = "-" + number.ToString(CultureInfo.InvariantCulture);
            candidate = label[..Math.Min(label.Length, MaxLength - suffix.Length)].TrimEnd('-') + suffix;
        }

        return candidate;
    }
}
