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

    /// <summary>Numbers behind a name that are tried one after the other; further ones are searched for in halves.</summary>
    private const int AskedInOrder = 32;

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

    /// <summary>
    /// The sanitised name, with <c>-1</c>, <c>-2</c>, … behind it when others have it. The first that is free, as long as few have it; of
    /// thousands that call themselves alike, not each is asked: then it is one that is free behind one that is not.
    /// </summary>
    /// <param name="nodes">Those who may have it.</param>
    /// <param name="hostname">As the client sent it.</param>
    /// <param name="self">Whose name it becomes: what that node has already is free for it. Null for a new node.</param>
    public static string Unique(NodeTable nodes, string hostname, NodeId? self = null)
    {
        var label = Sanitise(hostname);
        var taken = -1;
        for (var number = 0; number <= AskedInOrder; number++)
        {
            if (IsFree(nodes, Numbered(label, number), self))
            {
                return Numbered(label, number);
            }

            taken = number;
        }

        var free = taken * 2;
        while (!IsFree(nodes, Numbered(label, free), self))
        {
            (taken, free) = (free, free * 2);
        }

        while (free - taken > 1)
        {
            var middle = taken + ((free - taken) / 2);
            (taken, free) = IsFree(nodes, Numbered(label, middle), self) ? (taken, middle) : (middle, free);
        }

        return Numbered(label, free);
    }

    private static bool IsFree(NodeTable nodes, string name, NodeId? self) => !nodes.TryGetByName(name, out var holder) || holder.Id == self;

    private static string Numbered(string label, int number)
    {
        if (number == 0)
        {
            return label;
        }

        var suffix = "-" + number.ToString(CultureInfo.InvariantCulture);
        return label[..Math.Min(label.Length, MaxLength - suffix.Length)].TrimEnd('-') + suffix;
    }
}
