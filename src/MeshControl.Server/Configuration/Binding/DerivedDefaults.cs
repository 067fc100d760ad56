using MeshControl.Core.Policies;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Binding;

/// <summary>Defaults that depend on what else was written.</summary>
internal static class DerivedDefaults
{
    public static ServerOptions Apply(ServerOptions options, LoadContext context) =>
        options with
        {
            Prefixes = Derive(options.Prefixes, context),
            Dns = Derive(options.Dns, context),
            Derp = Derive(options, context),
            Policy = Derive(options.Policy, context),
        };

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

    /// <summary>Who names a file means it: that is Headscale's default, and access must not hang on a word that nobody missed there.</summary>
    private static PolicyOptions Derive(PolicyOptions policy, LoadContext context) =>
        context.IsSet(KeyNames.PolicyMode) || policy.Path is null ? policy : policy with { Mode = PolicyMode.File };

    /// <summary>The server's keys lie together: whoever says where one of them is means both.</summary>
    private static DerpOptions Derive(ServerOptions options, LoadContext context)
    {
        var server = options.Derp.Server;
        return context.IsSet(KeyNames.DerpServerKey) || !context.IsSet(KeyNames.NoiseKey)
            ? options.Derp
            : options.Derp with
            {
                Server = server with
                {
                    PrivateKeyPath = Path.Combine(Path.GetDirectoryName(options.Noise.PrivateKeyPath)!, DerpServerOptions.KeyFileName),
                },
            };
    }
}
