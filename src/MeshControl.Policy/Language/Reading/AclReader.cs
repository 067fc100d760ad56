using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary>An entry of <c>acls</c>.</summary>
internal static class AclReader
{
    private static readonly string[] Known = ["action", "src", "dst", "proto", "srcPosture", "users", "ports"];

    public static AclRule? Read(ReadContext context, HuJsonValue entry)
    {
        if (MemberReader.Read(context, entry, "an entry of acls", Known, ignoresNotes: true) is not { } rule)
        {
            return null;
        }

        if ((rule.Has("users") || rule.Has("ports")) && (rule.Has("src") || rule.Has("dst")))
        {
            context.Report(rule.Position, "an entry of acls has src and dst, or users and ports as in old files, but not both");
        }

        var action = context.String(rule["action"], "action")?.Trim() ?? "";
        if (action != "accept")
        {
            context.Report(rule["action"]?.Position ?? rule.Position, $"action={QuotedText.Of(action)} is not supported");
        }

        var protocol = ReadProtocol(context, rule["proto"]);
        var sourceItems = context.Strings(rule.Either("src", "users"), "src");
        var sources = RuleSides.ReadSources(context, sourceItems, "acls");
        var destinations = ReadDestinations(context, rule.Either("dst", "ports"), protocol);
        if (destinations.Any(destination => destination.Alias is AutogroupAlias { Group: Autogroup.Self }))
        {
            RuleSides.CheckSourcesOfSelf(context, sources, sourceItems, allowsWildcard: true);
        }

        return new AclRule(rule.Position)
        {
            Sources = sources,
            Protocol = protocol,
            Destinations = destinations,
            SourcePostures = RuleSides.ReadPostures(context, rule["srcPosture"], "srcPosture"),
        };
    }

    private static int? ReadProtocol(ReadContext context, HuJsonValue? value)
    {
        var text = context.String(value, "proto")?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!IpProtocols.TryParse(text, out var protocol))
        {
            context.Report(
                value!.Position,
                $"proto={QuotedText.Of(text)} is not known; write a name such as tcp, or a number from 1 to 255 without leading zeros");
            return null;
        }

        return protocol;
    }

    private static ImmutableArray<AclDestination> ReadDestinations(ReadContext context, HuJsonValue? list, int? protocol)
    {
        var items = context.Strings(list, "dst");
        var destinations = ImmutableArray.CreateBuilder<AclDestination>(items.Count);
        foreach (var item in items)
        {
            if (ReadDestination(context, item) is not { } destination)
            {
                break;
            }

            if (protocol is { } number && !IpProtocols.HasPorts(number) && !PortRanges.IsAll(destination.Ports))
            {
                var name = IpProtocols.NameOf(number);
                context.Report(
                    item.Position,
                    $"dst={QuotedText.Of(item.Text.Trim())}: protocol {name} has no ports; only \"*\" can stand for them");
            }

            destinations.Add(destination);
        }

        return destinations.ToImmutable();
    }

    private static AclDestination? ReadDestination(ReadContext context, HuJsonValue item)
    {
        var text = item.Text.Trim();
        var colon = text.LastIndexOf(':');
        var word = colon < 0 ? text : text[..colon].TrimEnd();
        var ports = ImmutableArray.Create(PortRange.All);

        // Ports of a service are optional.
        if (word + ":" == AliasReader.ServicePrefix)
        {
            word = text;
        }
        else if (colon < 0)
        {
            context.Report(item.Position, $"dst={QuotedText.Of(text)} has no ports; write {QuotedText.Of(text + ":*")} for all of them");
            return null;
        }
        else if (!PortRanges.TryParse(text[(colon + 1)..].Trim(), out ports, out var problem))
        {
            context.Report(item.Position, $"dst={QuotedText.Of(text)}: {problem}");
            return null;
        }

        return RuleSides.ReadDestination(context, WithoutBrackets(word), item.Position, "acls") is { } alias
            ? new AclDestination(alias, ports)
            : null;
    }

    /// <summary><c>[fd7a::1]</c> and <c>[fd7a::]/48</c> are the same without brackets.</summary>
    private static string WithoutBrackets(string word)
    {
        var close = word.IndexOf(']', StringComparison.Ordinal);
        if (!word.StartsWith('[') || close < 0)
        {
            return word;
        }

        var plain = string.Concat(word.AsSpan(1, close - 1), word.AsSpan(close + 1));
        return AddressText.TryParsePrefix(plain, out var prefix) && prefix.IsIPv6 ? plain : word;
    }
}
