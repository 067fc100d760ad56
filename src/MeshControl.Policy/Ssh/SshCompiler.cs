using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>Takes the <c>ssh</c> section apart. Rules that ask before they let in come first, as clients take the first that matches.</summary>
internal static class SshCompiler
{
    public const string Root = "root";

    /// <summary>In what clients are told: whoever has no entry of their own.</summary>
    public const string AnyUser = "*";

    /// <summary>In what clients are told: under the name that was asked for.</summary>
    public const string SameUser = "=";

    private const string LocalPartPrefix = "localpart:*@";

    /// <param name="sources">Finds or makes the expression of a list of sources under postures.</param>
    public static ImmutableArray<SshRuleTemplate> Compile(
        PolicyFile file, SelectorTable selectors, Func<ImmutableArray<Alias>, ImmutableArray<string>, SourceExpression> sources) =>
    [
        .. file.Ssh.Select((rule, ordinal) => new SshRuleTemplate
        {
            Ordinal = ordinal,
            Position = rule.Position,
            Sources = sources(rule.Sources, rule.SourcePostures),
            Targets = Bits.Of(rule.Destinations.Where(alias => !IsSelf(alias)).Select(selectors.Number)),
            WithinOwner = rule.Destinations.Any(IsSelf),
            Users = Users(rule.Users),
            LocalPartDomains = [.. rule.Users.Where(IsLocalPart).Select(user => user[LocalPartPrefix.Length..]).Distinct()],
            Check = rule.Check,
            CheckPeriod = rule.CheckPeriod,
            AcceptEnv = rule.AcceptEnv.IsEmpty ? null : WireList.CopyOf(rule.AcceptEnv),
            Recorders = Bits.Of(rule.Recorders.Select(tag => selectors.Number(new TagAlias(tag)))),
            EnforceRecorder = rule.EnforceRecorder,
        }).OrderBy(rule => !rule.Check),
    ];

    /// <summary>Whether a rule lets somebody in under a name, as clients read it.</summary>
    public static bool LetsInAs(SshRule rule, string user) =>
        rule.SshUsers!.TryGetValue(user, out var local)
            ? local.Length > 0
            : user != Root && rule.SshUsers.TryGetValue(AnyUser, out var any) && any.Length > 0;

    /// <summary>True for the one form that means something; every other is the name of a user, however odd.</summary>
    private static bool IsLocalPart(string user) =>
        user.StartsWith(LocalPartPrefix, StringComparison.Ordinal) && user.Length > LocalPartPrefix.Length;

    private static bool IsSelf(Alias alias) => alias is AutogroupAlias { Group: Autogroup.Self };

    /// <summary>Without <c>root</c> an empty entry for it, so that the entry for any user does not mean root.</summary>
    private static WireMap<string, string> Users(ImmutableArray<string> users)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal) { [Root] = "" };
        foreach (var user in users.Where(user => !IsLocalPart(user)))
        {
            if (user == Autogroups.NameOf(Autogroup.Nonroot))
            {
                map[AnyUser] = SameUser;
            }
            else
            {
                map[user] = user;
            }
        }

        return WireMap.CopyOf(map);
    }
}
