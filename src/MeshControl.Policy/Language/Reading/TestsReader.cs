using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary>
/// Entries of <c>tests</c> and <c>sshTests</c>. What they say is judged when they are run, and fails them; here only what is no such
/// entry at all is refused, and destinations of <c>sshTests</c> that nobody could log in to.
/// </summary>
internal static class TestsReader
{
    private static readonly string[] KnownOfAccess = ["src", "accept", "deny", "proto", "srcPostureAttrs", "user", "allow"];
    private static readonly string[] KnownOfSsh = ["src", "dst", "accept", "check", "deny", "srcPostureAttrs"];

    public static AccessTest? ReadAccess(ReadContext context, HuJsonValue entry)
    {
        if (MemberReader.Read(context, entry, "an entry of tests", KnownOfAccess) is not { } test)
        {
            return null;
        }

        if ((test.Has("user") || test.Has("allow")) && (test.Has("src") || test.Has("accept")))
        {
            context.Report(test.Position, "an entry of tests has src and accept, or user and allow as in old files, but not both");
        }

        return new AccessTest(test.Position)
        {
            Source = context.String(test.Either("src", "user"), "src") ?? "",
            Protocol = context.String(test["proto"], "proto"),
            Accept = ReadTexts(context, test.Either("accept", "allow"), "accept"),
            Deny = ReadTexts(context, test["deny"], "deny"),
            SourceAttributes = ReadAttributes(context, test["srcPostureAttrs"]),
        };
    }

    public static SshTest? ReadSsh(ReadContext context, HuJsonValue entry)
    {
        if (MemberReader.Read(context, entry, "an entry of sshTests", KnownOfSsh) is not { } test)
        {
            return null;
        }

        foreach (var item in context.Strings(test["dst"], "dst"))
        {
            CheckSshDestination(context, item);
        }

        return new SshTest(test.Position)
        {
            Source = context.String(test["src"], "src") ?? "",
            Destinations = ReadTexts(context, test["dst"], "dst"),
            Accept = ReadTexts(context, test["accept"], "accept"),
            Check = ReadTexts(context, test["check"], "check"),
            Deny = ReadTexts(context, test["deny"], "deny"),
            SourceAttributes = ReadAttributes(context, test["srcPostureAttrs"]),
        };
    }

    private static void CheckSshDestination(ReadContext context, HuJsonValue item)
    {
        var text = item.Text.Trim();
        if (!AliasReader.TryRead(text, context.Names, out var alias, out _))
        {
            if (text.StartsWith(AliasReader.TagPrefix, StringComparison.Ordinal))
            {
                context.Report(item.Position, $"SSH tests dst contains unknown tag {QuotedText.Of(text)}");
            }

            // Any other name that means nothing is nobody, and fails the test.
            return;
        }

        var isAllowed = alias switch
        {
            UserAlias or DomainUsersAlias or GroupAlias or TagAlias => true,
            PrefixAlias { Prefix.IsSingleAddress: true } or HostAlias { Prefix.IsSingleAddress: true } => true,
            AutogroupAlias { Group: var group } => group is Autogroup.Member or Autogroup.Tagged || Autogroups.IsRole(group),
            _ => false,
        };
        if (!isAllowed)
        {
            context.Report(item.Position, $"SSH tests dst contains disallowed element {QuotedText.Of(text)}");
        }
    }

    private static ImmutableArray<string> ReadTexts(ReadContext context, HuJsonValue? list, string member) =>
        [.. context.Strings(list, member).Select(item => item.Text)];

    private static ImmutableDictionary<string, RawJson> ReadAttributes(ReadContext context, HuJsonValue? table) =>
        context.Table(table, "srcPostureAttrs").ToImmutableDictionary(member => member.Name, member => CompactJson.Of(member.Value));
}
