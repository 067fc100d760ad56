using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary>Who and what an entry of <c>acls</c> or <c>grants</c> is about.</summary>
internal static class RuleSides
{
    public static ImmutableArray<Alias> ReadSources(ReadContext context, IReadOnlyList<HuJsonValue> items, string section)
    {
        var sources = ImmutableArray.CreateBuilder<Alias>(items.Count);
        foreach (var item in items)
        {
            if (!AliasReader.TryRead(item.Text, context.Names, out var alias, out var problem))
            {
                context.Report(item.Position, $"src={problem}");
                break;
            }

            switch (alias)
            {
                case AutogroupAlias { Group: Autogroup.Self or Autogroup.Internet or Autogroup.Nonroot }:
                    context.Report(item.Position, $"{QuotedText.Of(alias.ToString())} not valid on the src side of a rule");
                    break;
                case DomainUsersAlias users:
                    context.CheckDomain(users.Domain, item.Position, $"[{section}] ");
                    break;
                default:
                    break;
            }

            sources.Add(alias);
        }

        return sources.ToImmutable();
    }

    /// <param name="text">Without ports.</param>
    public static Alias? ReadDestination(ReadContext context, string text, TextPosition position, string section)
    {
        if (!AliasReader.TryRead(text, context.Names, out var alias, out var problem))
        {
            context.Report(position, $"dst={QuotedText.Of(text.Trim())}: {problem}");
            return null;
        }

        switch (alias)
        {
            case AutogroupAlias { Group: Autogroup.DangerAll }:
                context.Report(position, "cannot use autogroup:danger-all as a dst");
                break;
            case AutogroupAlias { Group: Autogroup.Shared or Autogroup.Nonroot }:
                context.Report(position, $"{QuotedText.Of(alias.ToString())} not valid on the dst side of a rule");
                break;
            case DomainUsersAlias users:
                context.CheckDomain(users.Domain, position, $"[{section}] ");
                break;
            default:
                break;
        }

        return alias;
    }

    /// <summary>Only what belongs to people has something of its own: <c>autogroup:self</c> as destination demands such sources.</summary>
    /// <param name="sources">Of the rule.</param>
    /// <param name="items">The same as written.</param>
    /// <param name="allowsWildcard">Whether <c>*</c> is taken for everybody's own.</param>
    public static void CheckSourcesOfSelf(
        ReadContext context, ImmutableArray<Alias> sources, IReadOnlyList<HuJsonValue> items, bool allowsWildcard)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            var hasOwn = sources[i] switch
            {
                UserAlias or DomainUsersAlias or GroupAlias => true,
                AutogroupAlias { Group: var group } => group == Autogroup.Member || Autogroups.IsRole(group),
                WildcardAlias => allowsWildcard,
                _ => false,
            };
            if (!hasOwn)
            {
                context.Report(items[i].Position, "autogroup:self can only be used with users, groups, or supported autogroups");
                return;
            }
        }
    }

    /// <summary><c>srcPosture</c> and <c>defaultSrcPosture</c>: names that are defined.</summary>
    public static ImmutableArray<string> ReadPostures(ReadContext context, HuJsonValue? list, string member)
    {
        var postures = ImmutableArray.CreateBuilder<string>();
        foreach (var item in context.Strings(list, member))
        {
            var name = item.Text.Trim();
            if (!context.Names.Postures.ContainsKey(name))
            {
                context.Report(item.Position, $"{member}: posture not found: {QuotedText.Of(name)}; define it in postures");
                break;
            }

            postures.Add(name);
        }

        return postures.ToImmutable();
    }
}
