using MeshControl.Policy.Text;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Language.Reading;

/// <summary>
/// What all readers of sections share: what is defined so far, and the first thing that was found wrong. Readers go on after an error with
/// whatever is harmless; later findings are dropped, since the order of reading is the order in which errors are told.
/// </summary>
internal sealed class ReadContext(SourceText source, PolicyTailnet tailnet)
{
    public PolicyTailnet Tailnet => tailnet;

    /// <summary>Groups, hosts, tags, IP sets and postures, as far as they were read.</summary>
    public PolicyFile Names { get; set; } = new() { Text = source.Text };

    public PolicyError? Error { get; private set; }

    public bool IsGood => Error is null;

    public void Report(TextPosition position, string message) => Error ??= source.Error(message, position);

    /// <summary>The elements of a list; none if it is absent or no list.</summary>
    public IReadOnlyList<HuJsonValue> List(HuJsonValue? value, string member)
    {
        if (value is { Kind: not HuJsonKind.Array })
        {
            Report(value.Position, $"{QuotedText.Of(member)} must be a list in square brackets, not {KindOf(value)}");
        }

        return value?.Items ?? [];
    }

    /// <summary>The elements of a list of strings; none if it is absent or anything else.</summary>
    public IReadOnlyList<HuJsonValue> Strings(HuJsonValue? value, string member)
    {
        var items = List(value, member);
        foreach (var item in items)
        {
            if (item.Kind != HuJsonKind.String)
            {
                Report(item.Position, $"{QuotedText.Of(member)} must hold strings only, not {KindOf(item)}");
                return [];
            }
        }

        return items;
    }

    /// <summary>Null if it is absent or no string.</summary>
    public string? String(HuJsonValue? value, string member)
    {
        if (value is { Kind: not HuJsonKind.String })
        {
            Report(value.Position, $"{QuotedText.Of(member)} must be a string in double quotes, not {KindOf(value)}");
            return null;
        }

        return value?.Text;
    }

    /// <summary>False if it is absent.</summary>
    public bool Flag(HuJsonValue? value, string member)
    {
        if (value is { Kind: not (HuJsonKind.True or HuJsonKind.False) })
        {
            Report(value.Position, $"{QuotedText.Of(member)} must be true or false, not {KindOf(value)}");
        }

        return value?.Kind == HuJsonKind.True;
    }

    /// <summary>The members of an object whose names its author chooses; none if it is absent or no object.</summary>
    public IReadOnlyList<HuJsonMember> Table(HuJsonValue? value, string member)
    {
        if (value is { Kind: not HuJsonKind.Object })
        {
            Report(value.Position, $"{QuotedText.Of(member)} must be an object in braces, not {KindOf(value)}");
        }

        return value?.Members ?? [];
    }

    /// <summary>Checks that a domain is the tailnet's own.</summary>
    /// <param name="where">What stands before the message, if anything.</param>
    public void CheckDomain(string domain, TextPosition position, string where = "")
    {
        if (tailnet.Domains is { } domains && !domains.Contains(domain, StringComparer.Ordinal))
        {
            Report(
                position,
                $"{where}{QuotedText.Shorten(domain)} is not associated with this Tailnet and cannot be used in user:*@<domain> expressions");
        }
    }

    public static string KindOf(HuJsonValue value) => value.Kind switch
    {
        HuJsonKind.Null => "null",
        HuJsonKind.True or HuJsonKind.False => "true or false",
        HuJsonKind.Number => "a number",
        HuJsonKind.String => "a string",
        HuJsonKind.Array => "a list",
        _ => "an object",
    };
}
