using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>hosts</c>: names for addresses and prefixes.</summary>
internal static class HostsReader
{
    public static ImmutableDictionary<string, IpPrefix> Read(ReadContext context, HuJsonValue? section)
    {
        var hosts = ImmutableDictionary.CreateBuilder<string, IpPrefix>();
        foreach (var member in context.Table(section, "hosts"))
        {
            var name = member.Name.Trim();
            if (!IsName(name))
            {
                context.Report(
                    member.Position,
                    $"hosts[{QuotedText.Of(name)}]: a host is named without : @ / and *, and not like an address");
                break;
            }

            if (context.String(member.Value, name) is not { } text)
            {
                break;
            }

            if (!AddressText.TryParsePrefix(text.AsSpan().Trim(), out var prefix))
            {
                context.Report(
                    member.Value.Position,
                    $"hosts[{QuotedText.Of(name)}]: {QuotedText.Of(text)} is neither an address nor a prefix such as 10.0.0.0/8");
                break;
            }

            if (!hosts.TryAdd(name, prefix))
            {
                Names.ReportTwice(context, "hosts", member);
                break;
            }
        }

        return hosts.ToImmutable();
    }

    private static bool IsName(string name) =>
        name.Length > 0
        && name.AsSpan().IndexOfAny(":@/*") < 0
        && !AddressText.TryParse(name, out _)
        && !AddressText.TryParseRange(name, out _);
}
