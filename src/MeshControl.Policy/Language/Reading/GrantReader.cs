using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary>An entry of <c>grants</c>.</summary>
internal static class GrantReader
{
    private static readonly string[] Known = ["src", "dst", "ip", "app", "via", "srcPosture"];

    public static GrantRule? Read(ReadContext context, HuJsonValue entry)
    {
        if (MemberReader.Read(context, entry, "an entry of grants", Known) is not { } rule)
        {
            return null;
        }

        var sourceItems = context.Strings(rule["src"], "src");
        var sources = RuleSides.ReadSources(context, sourceItems, "grants");
        var ip = ReadIp(context, rule["ip"]);
        var app = Capabilities.Read(context, rule["app"], "app");
        if (ip.IsEmpty && app.IsEmpty)
        {
            context.Report(rule.Position, "ip and app can not both be empty");
        }

        var destinations = ReadDestinations(context, rule["dst"], hasApp: !app.IsEmpty);
        if (destinations.Any(destination => destination is AutogroupAlias { Group: Autogroup.Self }))
        {
            RuleSides.CheckSourcesOfSelf(context, sources, sourceItems, allowsWildcard: false);
        }

        return new GrantRule(rule.Position)
        {
            Sources = sources,
            Destinations = destinations,
            Ip = ip,
            App = app,
            Via = ReadVia(context, rule["via"]),
            SourcePostures = RuleSides.ReadPostures(context, rule["srcPosture"], "srcPosture"),
        };
    }

    private static ImmutableArray<Alias> ReadDestinations(ReadContext context, HuJsonValue? list, bool hasApp)
    {
        var items = context.Strings(list, "dst");
        var destinations = ImmutableArray.CreateBuilder<Alias>(items.Count);
        foreach (var item in items)
        {
            if (RuleSides.ReadDestination(context, item.Text, item.Position, "grants") is not { } alias)
            {
                break;
            }

            switch (alias)
            {
                case PrefixAlias { Prefix.IsDefaultRoute: true }:
                    context.Report(
                        item.Position,
                        $"dst {QuotedText.Of(alias.ToString())}: to allow all IP addresses, use \"*\" or \"autogroup:internet\"");
                    break;
                case AutogroupAlias { Group: Autogroup.Internet } when hasApp:
                    context.Report(item.Position, "cannot use app grants with autogroup:internet");
                    break;
                default:
                    break;
            }

            destinations.Add(alias);
        }

        return destinations.ToImmutable();
    }

    private static ImmutableArray<GrantPorts> ReadIp(ReadContext context, HuJsonValue? list)
    {
        var items = context.Strings(list, "ip");
        var entries = ImmutableArray.CreateBuilder<GrantPorts>(items.Count);
        foreach (var item in items)
        {
            if (!TryReadPorts(item.Text.Trim(), out var entry, out var problem))
            {
                context.Report(item.Position, problem!);
                break;
            }

            entries.Add(entry!);
        }

        return entries.ToImmutable();
    }

    private static bool TryReadPorts(string text, out GrantPorts? entry, out string? problem)
    {
        entry = null;
        int? protocol = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            if (text.IndexOf(':', colon + 1) >= 0)
            {
                problem = $"ip {QuotedText.Of(text)} has more than one colon; "
                    + "write ports, or a protocol, a colon and ports, such as tcp:443";
                return false;
            }

            var name = text[..colon].Trim();
            if (!IpProtocols.TryParse(name, out var number))
            {
                problem = $"ip {QuotedText.Of(text)}: there is no protocol {QuotedText.Of(name)}; "
                    + "write a name such as tcp, or a number from 1 to 255";
                return false;
            }

            protocol = number;
        }

        if (!PortRanges.TryParse(text[(colon + 1)..].Trim(), out var ports, out problem))
        {
            return false;
        }

        if (protocol is { } known && !IpProtocols.HasPorts(known) && !PortRanges.IsAll(ports))
        {
            problem = $"ip {QuotedText.Of(text)}: protocol {IpProtocols.NameOf(known)} has no ports; write {IpProtocols.NameOf(known)}:*";
            return false;
        }

        entry = new GrantPorts(protocol, ports);
        return true;
    }

    private static ImmutableArray<string> ReadVia(ReadContext context, HuJsonValue? list)
    {
        var via = ImmutableArray.CreateBuilder<string>();
        foreach (var item in context.Strings(list, "via"))
        {
            var tag = item.Text.Trim();
            if (!tag.StartsWith(AliasReader.TagPrefix, StringComparison.Ordinal))
            {
                context.Report(item.Position, "via can only be a tag");
                break;
            }

            if (!context.Names.TagOwners.ContainsKey(tag))
            {
                context.Report(item.Position, $"tag {QuotedText.Of(tag)} not found");
                break;
            }

            via.Add(tag);
        }

        return via.ToImmutable();
    }
}
