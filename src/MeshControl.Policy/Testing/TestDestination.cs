using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MeshControl.Policy.Language;

namespace MeshControl.Policy.Testing;

/// <summary>A destination of a test: one port of one host, be it by a name that several nodes share.</summary>
internal sealed record TestDestination(Alias Alias, ushort Port)
{
    /// <param name="text"><c>host:port</c>; IPv6 addresses may stand in brackets.</param>
    /// <param name="policy">Where its names are defined.</param>
    /// <param name="destination">What it means.</param>
    /// <param name="problem">Why it means nothing.</param>
    public static bool TryParse(
        string text, PolicyFile policy, [NotNullWhen(true)] out TestDestination? destination, [NotNullWhen(false)] out string? problem)
    {
        destination = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            problem = $"{text} does not end in one port, like host:22.";
            return false;
        }

        var host = text[..colon].Trim();
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        // Even a prefix of one address: the service takes none here.
        if (host.Contains('/', StringComparison.Ordinal))
        {
            problem = $"{host} is a range of addresses; name one host.";
            return false;
        }

        if (!AliasReader.TryRead(host, policy, out var alias, out _))
        {
            problem = $"{host} is nothing that the policy knows.";
            return false;
        }

        if (!IsOneHost(alias))
        {
            problem = $"{host} is more than one host.";
            return false;
        }

        destination = new TestDestination(alias, port);
        problem = null;
        return true;
    }

    private static bool IsOneHost(Alias alias) => alias switch
    {
        PrefixAlias prefix => prefix.Prefix.IsSingleAddress,
        HostAlias host => host.Prefix.IsSingleAddress,
        WildcardAlias or RangeAlias or IpSetAlias or ServiceAlias => false,
        AutogroupAlias { Group: Autogroup.Internet or Autogroup.DangerAll or Autogroup.Nonroot or Autogroup.Shared } => false,
        _ => true,
    };
}
