using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using MeshControl.Policy.Attributes;
using MeshControl.Policy.Language;
using MeshControl.Policy.Ssh;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>
/// A policy applied to the users and nodes of a tailnet: who may reach whom, who sees whom, and by which routes. Immutable; a change
/// of the world makes the next map at the cost of the change, and what was compiled for a class of nodes is kept for as long as it holds.
/// <code>
/// policy ─► selectors, source expressions, rules        once per policy        (PolicyCompiler)
/// node ─► the selectors that match it: its class        once per changed node  (AccessEditor)
/// class ─► rules with their sources as sets of classes  once per class         (ClassAccess)
/// node ─► the same with its own addresses               when it is sent        (NodeFilter)
/// </code>
/// Nodes are given by their dense index.
/// </summary>
public sealed class AccessMap
{
    // Made when the first asks: most maps that a mass of joins passes through are never asked for a filter.
    private ConcurrentDictionary<int, WireList<string>>? _firstTexts;

    internal AccessMap(
        CompiledPolicy compiled,
        PolicyTailnet tailnet,
        ImmutableDictionary<long, PolicyUser> users,
        NodeShard[] shards,
        ClassTable classes,
        RouteTable routes,
        SshTable ssh)
    {
        Compiled = compiled;
        Tailnet = tailnet;
        Users = users;
        Shards = shards;
        Classes = classes;
        Routes = routes;
        Ssh = ssh;
        TailnetTexts = [.. FilterText.OfTailnet(tailnet.Prefixes)];
    }

    public PolicyFile Policy => Compiled.File;

    public PolicyTailnet Tailnet { get; }

    /// <summary>How many kinds of nodes the policy tells apart: what rules are compiled for, and kept.</summary>
    public int ClassCount => Classes.Ids.Count;

    internal CompiledPolicy Compiled { get; }

    internal ImmutableDictionary<long, PolicyUser> Users { get; }

    internal NodeShard[] Shards { get; }

    internal ClassTable Classes { get; }

    internal RouteTable Routes { get; }

    internal SshTable Ssh { get; }

    /// <summary>The addresses of the tailnet, as <c>*</c> among sources writes them.</summary>
    internal ImmutableArray<string> TailnetTexts { get; }

    internal IEnumerable<PolicyNode> Nodes => Shards.SelectMany(shard => shard.Nodes);

    /// <summary>Made when somebody asks for a whole filter; several may make it at once.</summary>
    internal RulePlaces Places => field ??= new RulePlaces(Compiled, Classes);

    /// <summary>Classes have numbers below this.</summary>
    public int ClassCapacity => Classes.Cells.Length;

    /// <summary>The nodes of each class, made when somebody asks.</summary>
    private int[][] Members => field ??= FindMembers();

    /// <summary>Applies a policy to a world.</summary>
    public static AccessMap Build(PolicyFile policy, PolicyTailnet tailnet, IEnumerable<PolicyUser> users, IEnumerable<PolicyNode> nodes)
    {
        var compiled = PolicyCompiler.Compile(policy);
        var empty = new AccessMap(compiled, tailnet, ImmutableDictionary<long, PolicyUser>.Empty, [], ClassTable.Empty(compiled), RouteTable.Empty, SshTable.Of(compiled));
        return empty.With(new WorldChange { Users = [.. users], Nodes = [.. nodes] }).Map;
    }

    /// <summary>The same policy in the world as it is after a change.</summary>
    public (AccessMap Map, AccessChange Change) With(WorldChange change) => new AccessEditor(this).Apply(change);

    /// <summary>Whether a node may be shown to a viewer: one of them may reach the other. Nobody is shown itself.</summary>
    public bool Sees(int viewer, int other) =>
        viewer != other
        && CellAt(viewer) is { } viewerCell
        && CellAt(other) is { } otherCell
        && (AccessOf(otherCell).IsOpenTo(ClassAt(viewer)) || AccessOf(viewerCell).IsOpenTo(ClassAt(other)));

    /// <summary>
    /// The number of a node's class: nodes of one class are treated alike. Under the same policy a node that is neither changed nor named by
    /// <see cref="AccessChange.Reclassed"/> keeps it. −1 when there is no such node.
    /// </summary>
    public int ClassOf(int node) => ClassAt(node);

    /// <summary>The classes whose nodes see those of a class; nothing for −1.</summary>
    public IEnumerable<int> ClassesSeeing(int classId) => SeenBy(classId).Numbers();

    /// <summary>Everybody that a viewer may be shown: the same as <see cref="Sees"/> for all, cheaper for many.</summary>
    public VisiblePeers PeersOf(int viewer) => new(this, viewer);

    /// <summary>What may reach a node; empty when it does not exist.</summary>
    public NodeFilter FilterOf(int node) => new(this, node);

    /// <summary>The routes through a peer that a viewer is shown.</summary>
    public PeerRoutes RoutesOf(int viewer, int peer, PrimaryRoutes primaries) =>
        NodeAt(peer) is { ApprovedRoutes.Length: > 0 } ? new RouteVisibility(this, primaries).Of(viewer, peer) : PeerRoutes.None;

    /// <summary>Routes of a node as it sees them itself: all that are approved.</summary>
    public PeerRoutes OwnRoutesOf(int node, PrimaryRoutes primaries) => new RouteVisibility(this, primaries).Own(node);

    /// <summary>Who may log in to a node, in the order in which clients ask; empty when it does not exist.</summary>
    /// <param name="node">Its index.</param>
    /// <param name="serverUrl">Whom clients ask when a connection needs a check.</param>
    public WireList<SshRule> SshRulesOf(int node, string serverUrl) =>
        NodeAt(node) is { } found ? Ssh.RulesOf(this, found, CellAt(node)!.Key, serverUrl) : [];

    /// <summary>What the rules say of a login from one node to another; null when they do not let it in.</summary>
    /// <param name="source">Its index.</param>
    /// <param name="destination">Its index.</param>
    /// <param name="user">The local user at the destination.</param>
    public SshAdmission? SshAdmissionOf(int source, int destination, string user) =>
        NodeAt(source) is { } from && NodeAt(destination) is { } to ? Ssh.Find(this, from, to, CellAt(destination)!.Key, user) : null;

    /// <summary>What a node is told of itself by policy and by the role of its owner, sorted by name; an attribute without a value is null.</summary>
    public WireMap<string, WireList<RawJson>?> AttributesOf(int node) =>
        NodeAt(node) is { } found ? NodeAttributes.OfSelf(Compiled, CellAt(node)!.Key, found) : WireMap.Empty<string, WireList<RawJson>?>();

    /// <summary>What those who see a node are told of it.</summary>
    public WireMap<string, WireList<RawJson>?> PeerAttributesOf(int node) =>
        CellAt(node) is { } cell ? NodeAttributes.OfPeer(cell.Key) : WireMap.Empty<string, WireList<RawJson>?>();

    /// <summary>Whether IPv4 addresses are left out of what a node is told, its own and its peers', and its own of what others are told.</summary>
    public bool LosesIPv4(int node) => CellAt(node) is { } cell && cell.Key.ByNode.Intersects(Compiled.WithoutIPv4);

    /// <summary>Those of the routes a node advertises, in its order, that nobody has to approve by hand.</summary>
    public ImmutableArray<IpPrefix> AutoApproved(int node) =>
        NodeAt(node) is { } found ? Compiled.Approvers.Approved(found, CellAt(node)!.Key) : [];

    internal PolicyUser? UserOf(long id) => Users.GetValueOrDefault(id);

    /// <summary>The nodes of certain classes, in the order of their index.</summary>
    internal IEnumerable<PolicyNode> NodesWhere(Func<ClassKey, bool> isMeant)
    {
        var meant = Bits.Of(Enumerable.Range(0, Classes.Cells.Length).Where(id => Classes.Cells[id] is { } cell && isMeant(cell.Key)));
        return meant.IsEmpty ? [] : Nodes.Where(node => meant.Has(ClassAt(node.Index)));
    }

    internal PolicyNode? NodeAt(int index) => ShardAt(index)?.NodeAt(index);

    internal ClassCell? CellAt(int index) => NodeAt(index) is null ? null : Classes.Cells[ClassAt(index)];

    internal int ClassAt(int index) => ShardAt(index) is { } shard && shard.NodeAt(index) is not null ? shard.ClassAt(index) : -1;

    internal ClassAccess AccessOf(ClassCell cell) => cell.Access(Compiled, Classes);

    /// <summary>The classes that a class sees.</summary>
    internal Bits SeenBy(int classId) => classId < 0 ? Bits.None : Classes.Sight.Of(classId, Compiled, Classes);

    /// <summary>The nodes of a class by index, in ascending order.</summary>
    internal int[] MembersOf(int classId) => Members[classId];

    /// <summary>
    /// Sources as filters list them, as far as they stand in the policy itself, are what the tailnet is, or lie in the first shard: the same list for
    /// each filter that needs it.
    /// </summary>
    internal WireList<string> FirstTexts(SourceExpression sources) =>
        LazyInitializer.EnsureInitialized(ref _firstTexts, static () => new())
            .GetOrAdd(sources.Number, static (_, state) => state.Map.FindFirstTexts(state.Sources), (Map: this, Sources: sources));

    internal static IEnumerable<IPAddress> AddressesOf(PolicyNode node) => new[] { node.IPv4, node.IPv6 }.OfType<IPAddress>();

    private WireList<string> FindFirstTexts(SourceExpression sources)
    {
        if (sources.DangerAll)
        {
            return ["*"];
        }

        var nodes = Shards.Length == 0 ? [] : Shards[0].AddressesOf(Classes.Listed(sources, null), besides: null);
        return FilterText.Sorted(nodes.Concat(sources.Literals).Concat(sources.Wildcard ? TailnetTexts.Concat(Routes.Texts) : []));
    }

    private int[][] FindMembers()
    {
        var members = new int[Classes.Cells.Length][];
        var found = new int[members.Length];
        for (var id = 0; id < members.Length; id++)
        {
            members[id] = Classes.Cells[id] is null ? [] : new int[Classes.Counts[id]];
        }

        for (var at = 0; at < Shards.Length; at++)
        {
            for (var index = at * NodeShard.Size; index < (at + 1) * NodeShard.Size; index++)
            {
                if (Shards[at].NodeAt(index) is not null && Shards[at].ClassAt(index) is var id)
                {
                    members[id][found[id]++] = index;
                }
            }
        }

        return members;
    }

    private NodeShard? ShardAt(int index) => index >= 0 && index / NodeShard.Size < Shards.Length ? Shards[index / NodeShard.Size] : null;
}
