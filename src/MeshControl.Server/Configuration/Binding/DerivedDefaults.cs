using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Binding;

/// <summary>Defaults that depend on what else was written.</summary>
internal static class DerivedDefaults
{
    public static ServerOptions Apply(ServerOptions options, LoadContext context) =>
        options with { Prefixes = Derive(options.Prefixes, context), Dns = Derive(options.Dns, context) };

    /// <summary>
    /// Who names one family means one family: with Headscale the other one is then absent, and its operators rely on that.
    /// </summary>
    private static PrefixOptions Derive(PrefixOptions prefixes, LoadContext context) =>
        (context.IsSet(KeyNames.PrefixV4), context.IsSet(KeyNames.PrefixV6)) switch
        {
            (true, false) => prefixes with { V6 = null },
            (false, true) => prefixes with { V4 = null },
            _ => prefixes,
        };

    /// <summary>Global nameservers are given in order to be used.</summary>
    private static DnsOptions Derive(DnsOptions dns, LoadContext context) =>
        context.IsSet(KeyNames.OverrideLocalDns) ? dns : dns with { OverrideLocalDns = dns.GlobalNameservers.Count > 0 };
}
