using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Attributes;

/// <summary>The attributes that nodes have by policy and by role, beside those that every node has.</summary>
internal static class NodeAttributes
{
    /// <summary>Takes a node's IPv4 address out of every map.</summary>
    public const string DisableIPv4 = "disable-ipv4";

    private const string FunnelPorts = NodeCapabilities.FunnelPortsPrefix + "443,8443,10000";
    private const string OsAttribute = "node:os";

    private static readonly RawJson MacOs = RawJson.FromString("macos");

    private static readonly WireMap<string, WireList<RawJson>?> ExitNode =
        WireMap.CopyOf([KeyValuePair.Create(NodeCapabilities.SuggestExitNode, (WireList<RawJson>?)null)]);

    /// <summary>What a node is told of itself, sorted by name; an attribute without a value is null.</summary>
    public static WireMap<string, WireList<RawJson>?> OfSelf(CompiledPolicy policy, ClassKey key, PolicyNode node)
    {
        var attributes = new SortedDictionary<string, List<RawJson>?>(StringComparer.Ordinal);
        AddRole(key, node, attributes);
        foreach (var template in policy.Attributes.Where(template => template.Targets.Intersects(key.ByNode)))
        {
            Add(template, attributes);
        }

        if (attributes.ContainsKey(NodeCapabilities.Funnel))
        {
            attributes.TryAdd(FunnelPorts, null);

            // Funnel needs a certificate, and there are none to be had.
            attributes.TryAdd(NodeCapabilities.WarnFunnelNoHttps, null);
        }

        if (policy.File.OneCgnatRoute.Length > 0 && node.Attributes.TryGetValue(OsAttribute, out var os) && os == MacOs)
        {
            attributes.TryAdd(policy.File.OneCgnatRoute == "mac-always" ? NodeCapabilities.OneCgnatOn : NodeCapabilities.OneCgnatOff, null);
        }

        return WireMap.CopyOf(attributes.Select(attribute =>
            KeyValuePair.Create(attribute.Key, attribute.Value is null ? null : WireList.CopyOf(attribute.Value))));
    }

    /// <summary>What others are told of a node: whether it can be suggested as an exit node.</summary>
    public static WireMap<string, WireList<RawJson>?> OfPeer(ClassKey key) =>
        key.IsExit ? ExitNode : WireMap.Empty<string, WireList<RawJson>?>();

    /// <summary>Selectors of the nodes that go without their IPv4 address: in their own maps neither theirs nor anybody's, and theirs in no other.</summary>
    public static Bits WithoutIPv4(IEnumerable<AttributeTemplate> templates) => templates
        .Where(template => template.Names.Contains(DisableIPv4))
        .Aggregate(Bits.None, (found, template) => found.Or(template.Targets));

    private static void AddRole(ClassKey key, PolicyNode node, SortedDictionary<string, List<RawJson>?> attributes)
    {
        if (key.Role is UserRole.Owner or UserRole.Admin)
        {
            attributes[NodeCapabilities.IsAdmin] = null;
        }

        // Tagged nodes belong to the tailnet, and so to whoever owns that.
        if (key.Role is UserRole.Owner || node.Tags.Length > 0)
        {
            attributes[NodeCapabilities.IsOwner] = null;
        }
    }

    private static void Add(AttributeTemplate template, SortedDictionary<string, List<RawJson>?> attributes)
    {
        foreach (var name in template.Names)
        {
            attributes.TryAdd(name, null);
        }

        foreach (var (name, settings) in template.Apps)
        {
            attributes.TryAdd(name, null);
            if (settings is not null)
            {
                (attributes[name] ??= []).AddRange(settings);
            }
        }
    }
}
