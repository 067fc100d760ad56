using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>groups</c>: names for users.</summary>
internal static class GroupsReader
{
    public static ImmutableDictionary<string, ImmutableArray<Alias>> Read(ReadContext context, HuJsonValue? section)
    {
        var table = context.Table(section, "groups");
        CheckNesting(context, table);
        var groups = ImmutableDictionary.CreateBuilder<string, ImmutableArray<Alias>>();
        foreach (var member in table)
        {
            var name = member.Name.Trim();
            if (!name.StartsWith(AliasReader.GroupPrefix, StringComparison.Ordinal) || name.Length == AliasReader.GroupPrefix.Length)
            {
                context.Report(member.Position, $"groups[{QuotedText.Of(name)}]: a group is named group: and something, such as group:dev");
                break;
            }

            if (!groups.TryAdd(name, ReadMembers(context, name, member.Value)))
            {
                Names.ReportTwice(context, "groups", member);
                break;
            }
        }

        return groups.ToImmutable();
    }

    // Of several groups that hold groups the service names the alphabetically last.
    private static void CheckNesting(ReadContext context, IReadOnlyList<HuJsonMember> table)
    {
        var nested =
            from member in table
            from item in member.Value.Items
            where item.Text.AsSpan().Trim().StartsWith(AliasReader.GroupPrefix)
            select (Name: member.Name.Trim(), item.Position, Inner: item.Text.Trim());
        var worst = nested.OrderByDescending(found => found.Name, StringComparer.Ordinal).FirstOrDefault();
        if (worst.Name is not null)
        {
            context.Report(
                worst.Position,
                $"groups[{QuotedText.Of(worst.Name)}]: {QuotedText.Of(worst.Inner)}: group members cannot be recursive");
        }
    }

    private static ImmutableArray<Alias> ReadMembers(ReadContext context, string group, HuJsonValue list)
    {
        if (list.Kind == HuJsonKind.Null)
        {
            return [];
        }

        var members = ImmutableArray.CreateBuilder<Alias>();
        foreach (var item in context.Strings(list, group))
        {
            if (!AliasReader.TryRead(item.Text, context.Names, out var alias, out _) || alias is not (UserAlias or DomainUsersAlias))
            {
                context.Report(
                    item.Position,
                    $"groups[{QuotedText.Of(group)}]: {QuotedText.Of(item.Text.Trim())}: "
                    + "group members are users, such as alice@example.com or alice@");
                break;
            }

            if (alias is DomainUsersAlias users)
            {
                context.CheckDomain(users.Domain, item.Position, $"groups[{QuotedText.Of(group)}]: ");
            }

            members.Add(alias);
        }

        return members.ToImmutable();
    }
}
