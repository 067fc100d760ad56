using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>app</c>: capabilities with arguments of any kind.</summary>
internal static class Capabilities
{
    private const string ReservedDomain = "tailscale.com";

    /// <summary>What policies may give of the reserved domain.</summary>
    private static readonly string[] Grantable =
    [
        "tailscale.com/cap/drive",
        "tailscale.com/cap/relay",
        "tailscale.com/cap/webui",
        "tailscale.com/cap/kubernetes",
        "tailscale.com/cap/tsidp",
        "tailscale.com/cap/secrets",
    ];

    /// <param name="isReserved">Whether names of the reserved domain are refused, but for those that may be granted.</param>
    public static ImmutableArray<GrantedCapability> Read(ReadContext context, HuJsonValue? table, string member, bool isReserved = true)
    {
        var members = context.Table(table, member);
        var capabilities = ImmutableArray.CreateBuilder<GrantedCapability>(members.Count);
        foreach (var (name, position, value) in members)
        {
            if (ProblemOf(name, isReserved) is { } problem)
            {
                context.Report(position, problem);
                break;
            }

            var isNull = value.Kind == HuJsonKind.Null;
            var arguments = isNull ? null : WireList.CopyOf(context.List(value, name).Select(CompactJson.Of));
            capabilities.Add(new GrantedCapability(name, arguments));
        }

        return capabilities.ToImmutable();
    }

    private static string? ProblemOf(string name, bool isReserved)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == name.Length - 1 || name.Contains("://", StringComparison.Ordinal))
        {
            return "capability name must have the form {domain}/{path}";
        }

        return isReserved && name[..slash].Equals(ReservedDomain, StringComparison.OrdinalIgnoreCase) && !Grantable.Contains(name)
            ? "capability name must not be in the tailscale.com domain"
            : null;
    }
}
