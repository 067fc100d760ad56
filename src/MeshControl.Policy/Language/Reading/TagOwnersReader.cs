using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>tagOwners</c>: the tags there are, and who may give them to nodes.</summary>
internal static class TagOwnersReader
{
    public static ImmutableDictionary<string, ImmutableArray<Alias>> Read(ReadContext context, HuJsonValue? section)
    {
        var table = context.Table(section, "tagOwners");
        var tags = ImmutableDictionary.CreateBuilder<string, ImmutableArray<Alias>>();
        foreach (var member in table)
        {
            var name = member.Name.Trim();
            if (ProblemOf(name) is { } problem)
            {
                context.Report(member.Position, $"tagOwners[{QuotedText.Of(name)}]: {problem}");
                return tags.ToImmutable();
            }

            if (!tags.TryAdd(name, []))
            {
                Names.ReportTwice(context, "tagOwners", member);
                return tags.ToImmutable();
            }
        }

        // A tag may own one that stands before it.
        context.Names = context.Names with { TagOwners = tags.ToImmutable() };
        foreach (var member in table)
        {
            tags[member.Name.Trim()] = ReadOwners(context, member);
        }

        return tags.ToImmutable();
    }

    private static string? ProblemOf(string tag)
    {
        if (!tag.StartsWith(AliasReader.TagPrefix, StringComparison.Ordinal))
        {
            return "a tag is named tag: and something, such as tag:server";
        }

        var name = tag.AsSpan(AliasReader.TagPrefix.Length);
        return name.IsEmpty || !char.IsAsciiLetter(name[0]) ? "tag names must start with a letter, after 'tag:'"
            : name.IndexOfAnyExcept(NameCharacters.Allowed) >= 0 ? "a tag name consists of the letters A to Z, digits and dashes"
            : null;
    }

    private static ImmutableArray<Alias> ReadOwners(ReadContext context, HuJsonMember member)
    {
        var owners = ImmutableArray.CreateBuilder<Alias>();
        var where = $"tagOwners[{QuotedText.Of(member.Name.Trim())}]: ";
        var list = member.Value.Kind == HuJsonKind.Null ? null : member.Value;
        foreach (var item in context.Strings(list, member.Name))
        {
            if (People.Read(context, item, where, "an owner") is { } owner)
            {
                owners.Add(owner);
            }
        }

        return owners.ToImmutable();
    }
}
