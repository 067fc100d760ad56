using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary>An object whose members have meanings. Their names are found in any case; null is the same as leaving a member out.</summary>
internal sealed class MemberReader
{
    private readonly HuJsonValue _value;

    private MemberReader(HuJsonValue value) => _value = value;

    public TextPosition Position => _value.Position;

    public IReadOnlyList<HuJsonMember> Members => _value.Members;

    /// <summary>Null when the member is absent or null.</summary>
    public HuJsonValue? this[string name]
    {
        get
        {
            foreach (var member in _value.Members)
            {
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return member.Value.Kind == HuJsonKind.Null ? null : member.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Refuses what is no object, members that nobody knows, and members twice.</summary>
    /// <param name="what">What the object is, for messages: <c>an entry of "acls"</c>.</param>
    /// <param name="known">Names of its members.</param>
    /// <param name="ignoresNotes">Whether members that begin with <c>#</c> are somebody's notes.</param>
    public static MemberReader? Read(ReadContext context, HuJsonValue value, string what, string[] known, bool ignoresNotes = false)
    {
        if (value.Kind != HuJsonKind.Object)
        {
            context.Report(value.Position, $"{what} must be an object in braces, not {ReadContext.KindOf(value)}");
            return null;
        }

        var seen = new bool[known.Length];
        foreach (var member in value.Members)
        {
            if (ignoresNotes && member.Name.StartsWith('#'))
            {
                continue;
            }

            var index = Array.FindIndex(known, name => string.Equals(name, member.Name, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                context.Report(
                    member.Position,
                    $"{what} has no member {QuotedText.Of(member.Name)}; it may have {string.Join(", ", known)}");
                return null;
            }

            if (seen[index])
            {
                context.Report(member.Position, $"{what} has {QuotedText.Of(known[index])} twice; leave one of them out");
                return null;
            }

            seen[index] = true;
        }

        return new MemberReader(value);
    }

    /// <summary>A member that had another name once. Entries use the old names or the new ones.</summary>
    public HuJsonValue? Either(string name, string oldName) => this[name] ?? this[oldName];

    public bool Has(string name) => this[name] is not null;
}
