using System.Net;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>The ranges nodes get their addresses from.</summary>
internal static class PrefixValidator
{
    /// <summary>Fewer leave nothing once network, broadcast and the clients' own service address are taken off.</summary>
    private const int MinHostBits = 2;

    /// <summary>
    /// Clients take addresses outside of these for somebody else's: routes, filters and firewalls treat them differently.
    /// </summary>
    private static readonly IPNetwork ClientV4 = IPNetwork.Parse("100.64.0.0/10");
    private static readonly IPNetwork ClientV6 = IPNetwork.Parse("fd7a:115c:a1e0::/48");

    /// <summary>Never given out: the clients' own services, and the range of virtual machines on ChromeOS.</summary>
    private static readonly IPNetwork[] Reserved = [IPNetwork.Parse("100.100.100.0/24"), IPNetwork.Parse("100.115.92.0/23")];

    public static void Check(ServerOptions options, LoadContext context)
    {
        var prefixes = options.Prefixes;
        if (prefixes.V4 is null && prefixes.V6 is null && context.AreSound("prefixes"))
        {
            var path = context.IsSet(KeyNames.PrefixV4) ? KeyNames.PrefixV4 : KeyNames.PrefixV6;
            context.Error(path, "Nodes would get no addresses at all.", "Set prefixes.v4, prefixes.v6, or remove both for the defaults.");
        }

        if (prefixes.V4 is { } v4)
        {
            Check(KeyNames.PrefixV4, v4, ClientV4, 32, context);
        }

        if (prefixes.V6 is { } v6)
        {
            Check(KeyNames.PrefixV6, v6, ClientV6, 128, context);
        }
    }

    private static void Check(string path, IPNetwork prefix, IPNetwork clientRange, int bits, LoadContext context)
    {
        if (prefix.PrefixLength > bits - MinHostBits)
        {
            context.Error(path, $"{prefix} holds hardly any addresses.", $"Choose a prefix of at most /{bits - MinHostBits}.");
        }
        else if (Array.Exists(Reserved, reserved => IsWithin(prefix, reserved)))
        {
            context.Error(path, $"{prefix} lies in a range that clients need for themselves.", $"Choose another part of {clientRange}.");
        }
        else if (!IsWithin(prefix, clientRange))
        {
            context.Warn(
                path,
                $"{prefix} lies outside {clientRange}, the range clients expect.",
                "They may route or filter its addresses wrongly; choose a part of that range if you can.");
        }
    }

    private static bool IsWithin(IPNetwork inner, IPNetwork outer) =>
        inner.BaseAddress.AddressFamily == outer.BaseAddress.AddressFamily
        && inner.PrefixLength >= outer.PrefixLength
        && outer.Contains(inner.BaseAddress);
}
