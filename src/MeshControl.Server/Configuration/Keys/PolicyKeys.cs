using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>Who may reach whom: where that is written.</summary>
internal static class PolicyKeys
{
    private static readonly KeySection<PolicyOptions> Policy = new(o => o.Policy, (o, value) => o with { Policy = value });

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Policy.Key(
            KeyNames.PolicyMode,
            Kinds.PolicyMode,
            o => o.Mode,
            (o, value) => o with { Mode = value },
            "Whether administrators set the policy with `meshctl policy set`, or the server takes it from the file `policy.path`. By default "
                + "`file` as soon as such a file is named, else `database`."),
        Policy.Key(
            KeyNames.PolicyPath,
            Kinds.OptionalPath,
            o => o.Path,
            (o, value) => o with { Path = value },
            "The file with the policy, for `policy.mode: file`. It is taken over within seconds of a change."),
        Policy.Key(
            "policy.domains",
            Kinds.Domains,
            o => o.Domains,
            (o, value) => o with { Domains = value },
            "E-mail domains of which policies may name all users, as in `user:*@example.com` and `localpart:*@example.com`; empty is any "
                + "domain."),
    ];
}
