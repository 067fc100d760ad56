using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>autoApprovers</c>.</summary>
internal static class AutoApproversReader
{
    private static readonly string[] Known = ["routes", "exitNode", "services"];

    public static AutoApprovers Read(ReadContext context, HuJsonValue? section)
    {
        if (section is null || MemberReader.Read(context, section, "autoApprovers", Known) is not { } members)
        {
            return AutoApprovers.None;
        }

        return new AutoApprovers
        {
            Routes = ReadRoutes(context, members["routes"]),
            ExitNode = ReadApprovers(context, members["exitNode"], "exitNode"),
            Services = ReadServices(context, members["services"]),
        };
    }

    private static ImmutableArray<RouteApprovers> ReadRoutes(ReadContext context, HuJsonValue? table)
    {
        var routes = ImmutableArray.CreateBuilder<RouteApprovers>();
        var seen = new HashSet<IpPrefix>();
        foreach (var member in context.Table(table, "routes"))
        {
            if (!AddressText.TryParsePrefix(member.Name.AsSpan().Trim(), out var prefix))
            {
                context.Report(member.Position, $"autoApprovers.routes[{QuotedText.Of(member.Name)}]: not a prefix such as 10.0.0.0/8");
                break;
            }

            if (!seen.Add(prefix))
            {
                Names.ReportTwice(context, "autoApprovers.routes", member);
                break;
            }

            routes.Add(new RouteApprovers(prefix, ReadApprovers(context, member.Value, member.Name)));
        }

        return routes.ToImmutable();
    }

    private static ImmutableArray<KeyValuePair<string, ImmutableArray<Alias>>> ReadServices(ReadContext context, HuJsonValue? table)
    {
        var services = ImmutableArray.CreateBuilder<KeyValuePair<string, ImmutableArray<Alias>>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in context.Table(table, "services"))
        {
            var name = member.Name.Trim();
            if (!AliasReader.TryRead(name, context.Names, out var alias, out var problem) || alias is not (ServiceAlias or TagAlias))
            {
                context.Report(
                    member.Position,
                    $"autoApprovers.services[{QuotedText.Of(name)}]: {problem ?? "name a service as svc:name, or a tag"}");
                break;
            }

            if (!seen.Add(name))
            {
                Names.ReportTwice(context, "autoApprovers.services", member);
                break;
            }

            services.Add(new(name, ReadApprovers(context, member.Value, name)));
        }

        return services.ToImmutable();
    }

    private static ImmutableArray<Alias> ReadApprovers(ReadContext context, HuJsonValue? list, string member)
    {
        var approvers = ImmutableArray.CreateBuilder<Alias>();
        foreach (var item in context.Strings(list is { Kind: HuJsonKind.Null } ? null : list, member))
        {
            if (People.Read(context, item, "autoApprovers: ", "an approver") is not { } approver)
            {
                break;
            }

            approvers.Add(approver);
        }

        return approvers.ToImmutable();
    }
}
