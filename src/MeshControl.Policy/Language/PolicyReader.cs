using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using MeshControl.Policy.Language.Reading;
using MeshControl.Policy.Text;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Language;

/// <summary>
/// Reads a policy and checks it completely, but for its tests, which need users and nodes. The first problem is told, in this order:
/// syntax, names of members, hosts, groups, tag owners, IP sets, postures, acls, grants, ssh, nodeAttrs, auto approvers, the rest, tests, sshTests.
/// </summary>
public static class PolicyReader
{
    /// <summary>Longest text in characters.</summary>
    public const int MaxLength = HuJsonParser.MaxLength;

    private static readonly string[] Known =
    [
        "groups", "hosts", "tagOwners", "acls", "grants", "ssh", "autoApprovers", "nodeAttrs", "tests", "sshTests", "postures",
        "defaultSrcPosture", "ipsets", "randomizeClientPort", "disableIPv4", "OneCGNATRoute", "derpMap",
    ];

    /// <param name="text">HuJSON. Nothing but white space and comments is a policy without sections.</param>
    /// <param name="tailnet">Which domains belong to it.</param>
    /// <param name="file">The policy; its text is the very text.</param>
    /// <param name="error">The first problem, in the words of the service where those are known.</param>
    public static bool TryRead(
        string text, PolicyTailnet tailnet, [NotNullWhen(true)] out PolicyFile? file, [NotNullWhen(false)] out PolicyError? error)
    {
        file = null;
        var source = new SourceText(text);
        if (!HuJsonParser.TryParse(source, out var root, out error))
        {
            return false;
        }

        if (root is null)
        {
            file = new PolicyFile { Text = text };
            return true;
        }

        var context = new ReadContext(source, tailnet);
        file = MemberReader.Read(context, root, "the policy", Known) is { } sections ? ReadSections(context, sections) : null;
        error = context.Error;
        file = error is null ? file : null;
        return file is not null;
    }

    /// <summary>
    /// Whether a text says nothing at all, be it by intent or since somebody is still writing it; such a one is read, and allows everything.
    /// </summary>
    public static bool IsBlank(string text) => HuJsonParser.TryParse(new SourceText(text), out var root, out _) && root is null;

    private static PolicyFile ReadSections(ReadContext context, MemberReader sections)
    {
        context.Names = context.Names with { Hosts = HostsReader.Read(context, sections["hosts"]) };
        context.Names = context.Names with { Groups = GroupsReader.Read(context, sections["groups"]) };
        context.Names = context.Names with { TagOwners = TagOwnersReader.Read(context, sections["tagOwners"]) };
        context.Names = context.Names with { IpSets = IpSetsReader.Read(context, sections["ipsets"]) };
        context.Names = context.Names with { Postures = PosturesReader.Read(context, sections["postures"]) };
        var file = context.Names with
        {
            DefaultSourcePostures = RuleSides.ReadPostures(context, sections["defaultSrcPosture"], "defaultSrcPosture"),
            Acls = ReadOptional(context, sections["acls"], "acls", AclReader.Read),
            Grants = ReadOptional(context, sections["grants"], "grants", GrantReader.Read),
            Ssh = ReadList(context, sections["ssh"], "ssh", SshReader.Read),
            NodeAttributes = ReadList(context, sections["nodeAttrs"], "nodeAttrs", NodeAttributesReader.Read),
            AutoApprovers = AutoApproversReader.Read(context, sections["autoApprovers"]),
            RandomizeClientPort = context.Flag(sections["randomizeClientPort"], "randomizeClientPort"),
            DisableIPv4 = context.Flag(sections["disableIPv4"], "disableIPv4"),
            OneCgnatRoute = ReadOneCgnatRoute(context, sections["OneCGNATRoute"]),
        };
        var (derpMap, removed) = DerpMapReader.Read(context, sections["derpMap"]);
        return file with
        {
            DerpMap = derpMap,
            RemovedDerpRegions = removed,
            Tests = ReadList(context, sections["tests"], "tests", TestsReader.ReadAccess),
            SshTests = ReadList(context, sections["sshTests"], "sshTests", TestsReader.ReadSsh),
        };
    }

    private static ImmutableArray<T>? ReadOptional<T>(
        ReadContext context, HuJsonValue? section, string name, Func<ReadContext, HuJsonValue, T?> read)
        where T : class => section is null ? null : ReadList(context, section, name, read);

    private static ImmutableArray<T> ReadList<T>(
        ReadContext context, HuJsonValue? section, string name, Func<ReadContext, HuJsonValue, T?> read)
        where T : class
    {
        var items = context.List(section, name);
        var entries = ImmutableArray.CreateBuilder<T>(items.Count);
        foreach (var item in items)
        {
            if (read(context, item) is not { } entry || !context.IsGood)
            {
                break;
            }

            entries.Add(entry);
        }

        return entries.ToImmutable();
    }

    private static string ReadOneCgnatRoute(ReadContext context, HuJsonValue? value)
    {
        var text = context.String(value, "OneCGNATRoute") ?? "";
        if (text is not ("" or "mac-always" or "mac-never"))
        {
            context.Report(value!.Position, $"OneCGNATRoute {QuotedText.Of(text)} is not known; write mac-always, mac-never or \"\"");
        }

        return text;
    }
}
