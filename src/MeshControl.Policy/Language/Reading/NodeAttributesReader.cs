using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary>An entry of <c>nodeAttrs</c>.</summary>
internal static class NodeAttributesReader
{
    private static readonly string[] Known = ["target", "attr", "ipPool", "app"];

    private static readonly IpPrefix CarrierGrade = IpPrefix.Parse("100.64.0.0/10");

    /// <summary>Services of the client itself, quad-100, and what ChromeOS uses inside the machine.</summary>
    private static readonly IpPrefix[] Reserved =
        [IpPrefix.Parse("100.100.0.0/24"), IpPrefix.Parse("100.100.100.0/24"), IpPrefix.Parse("100.115.92.0/23")];

    public static NodeAttributeRule? Read(ReadContext context, HuJsonValue entry)
    {
        if (MemberReader.Read(context, entry, "an entry of nodeAttrs", Known) is not { } rule)
        {
            return null;
        }

        return new NodeAttributeRule(rule.Position)
        {
            Targets = ReadTargets(context, rule["target"]),
            Attributes = ReadAttributes(context, rule["attr"]),
            IpPool = ReadIpPool(context, rule["ipPool"]),
            App = Capabilities.Read(context, rule["app"], "app", isReserved: false),
        };
    }

    private static ImmutableArray<Alias> ReadTargets(ReadContext context, HuJsonValue? list)
    {
        var targets = ImmutableArray.CreateBuilder<Alias>();
        foreach (var item in context.Strings(list, "target"))
        {
            if (!AliasReader.TryRead(item.Text, context.Names, out var alias, out var problem))
            {
                context.Report(item.Position, problem);
                break;
            }

            switch (alias)
            {
                case AutogroupAlias { Group: Autogroup.Self or Autogroup.Internet or Autogroup.DangerAll or Autogroup.Nonroot }:
                case ServiceAlias:
                    context.Report(
                        item.Position,
                        $"{QuotedText.Of(alias.ToString())} is not valid as a target of nodeAttrs, since it names no nodes");
                    break;
                case DomainUsersAlias users:
                    context.CheckDomain(users.Domain, item.Position, "[nodeAttrs] ");
                    break;
                default:
                    break;
            }

            targets.Add(alias);
        }

        return targets.ToImmutable();
    }

    private static ImmutableArray<string> ReadAttributes(ReadContext context, HuJsonValue? list)
    {
        var items = context.Strings(list, "attr");
        foreach (var item in items)
        {
            if (string.IsNullOrWhiteSpace(item.Text))
            {
                context.Report(item.Position, "an attribute in attr is empty; name it, or leave it out");
            }
        }

        return [.. items.Select(item => item.Text)];
    }

    private static ImmutableArray<IpPrefix> ReadIpPool(ReadContext context, HuJsonValue? list)
    {
        var pool = ImmutableArray.CreateBuilder<IpPrefix>();
        foreach (var item in context.Strings(list, "ipPool"))
        {
            var text = item.Text.Trim();
            var problem = !AddressText.TryParsePrefix(text, out var prefix) ? "not a prefix such as 100.80.0.0/16"
                : !CarrierGrade.Contains(prefix) ? "network not within 100.64.0.0/10"
                : Reserved.Any(prefix.Overlaps) ? "network within reserved range"
                : null;
            if (problem is not null)
            {
                context.Report(item.Position, $"IPPool({QuotedText.Shorten(text)}): {problem}");
                break;
            }

            pool.Add(prefix);
        }

        return pool.ToImmutable();
    }
}
