using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>The names and nameservers clients are told.</summary>
internal static class DnsValidator
{
    /// <summary>A node's own label and its dot must still fit in front.</summary>
    public const int MaxBaseDomainLength = DomainText.MaxLength - 64;

    public static void Check(ServerOptions options, LoadContext context)
    {
        CheckBaseDomain(options, context);
        if (options.Dns.OverrideLocalDns && options.Dns.GlobalNameservers.Count == 0 && context.AreSound(KeyNames.GlobalNameservers))
        {
            context.Error(
                KeyNames.OverrideLocalDns,
                "Clients would give up their own resolvers and get none in exchange.",
                $"List nameservers in {KeyNames.GlobalNameservers}, or set {KeyNames.OverrideLocalDns} to false.");
        }
    }

    private static void CheckBaseDomain(ServerOptions options, LoadContext context)
    {
        if (!context.AreSound(KeyNames.BaseDomain, KeyNames.ServerUrl))
        {
            return;
        }

        var domain = options.Dns.BaseDomain;
        var host = options.ServerUrl.IdnHost.TrimEnd('.').ToLowerInvariant();
        if (host == domain || host.EndsWith('.' + domain, StringComparison.Ordinal))
        {
            // Placed at the key that was written, since the other one is a default nobody has seen.
            var path = context.IsSet(KeyNames.BaseDomain) ? KeyNames.BaseDomain : KeyNames.ServerUrl;
            context.Error(
                path,
                $"The server's own name {host} lies in the base domain {domain}. Clients answer names of that domain themselves and "
                    + "would lose the server.",
                $"Choose a {KeyNames.BaseDomain} that does not hold the server's name, for instance a subdomain of its own.");
        }

        if (domain.Length > MaxBaseDomainLength)
        {
            context.Error(
                KeyNames.BaseDomain,
                "The domain leaves no room for the names of nodes.",
                $"At most {MaxBaseDomainLength} characters are possible.");
        }
        else if (!domain.Contains('.', StringComparison.Ordinal))
        {
            context.Warn(
                KeyNames.BaseDomain,
                $"\"{domain}\" is a single word, and some resolvers look such names up elsewhere.",
                $"Choose a name with a dot, such as {domain}.internal.");
        }
    }
}
