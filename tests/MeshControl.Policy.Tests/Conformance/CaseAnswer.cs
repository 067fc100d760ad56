using System.Text.Json;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.Testing;
using MeshControl.Policy.Text;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>What our code makes of a case: an error, or what each node receives, as it would stand on the wire.</summary>
internal sealed class CaseAnswer
{
    private const string Server = "https://control.example.com";

    private readonly ConformanceCase _case;
    private readonly AccessMap? _access;

    private CaseAnswer(ConformanceCase captured, AccessMap? access, PolicyError? error)
    {
        _case = captured;
        _access = access;
        Error = error;
    }

    public PolicyError? Error { get; }

    private AccessMap Access => _access ?? throw new InvalidOperationException("A refused policy reaches no node.");

    public static CaseAnswer Of(ConformanceCase captured)
    {
        if (!PolicyReader.TryRead(captured.PolicyText, CaseWorld.Tailnet, out var file, out var error))
        {
            return new CaseAnswer(captured, access: null, error);
        }

        var world = captured.World;
        var access = AccessMap.Build(file, CaseWorld.Tailnet, world.Users, world.Nodes.Select(node => node.Node));
        return PolicyTests.FirstFailure(access) is { } failure
            ? new CaseAnswer(captured, access: null, failure)
            : new CaseAnswer(captured, access, error: null);
    }

    public JsonElement PacketFilter(CaseNode node) =>
        OnTheWire(new MapResponse { PacketFilter = Access.FilterOf(node.Node.Index).Rules }).GetProperty("PacketFilter");

    public JsonElement SshRules(CaseNode node) =>
        OnTheWire(new MapResponse { SshPolicy = new SshPolicy { Rules = Access.SshRulesOf(node.Node.Index, Server) } })
            .GetProperty("SSHPolicy").GetProperty("rules");

    public IEnumerable<NodeView> Peers(CaseNode viewer) =>
        from peer in _case.World.Nodes
        where peer != viewer && Access.Sees(viewer.Node.Index, peer.Node.Index)
        let routes = Access.RoutesOf(viewer.Node.Index, peer.Node.Index, PrimaryRoutes.ByRegistration)
        let addresses = Addresses(peer.Node, Access.LosesIPv4(viewer.Node.Index) || Access.LosesIPv4(peer.Node.Index))
        select new NodeView(
            peer.Name,
            Canonical.Prefixes(addresses),
            Canonical.Prefixes(addresses.Concat(routes.Allowed)),
            Canonical.Prefixes(routes.Primary),
            Attributes(Access.PeerAttributesOf(peer.Node.Index)));

    public NodeView Self(CaseNode node)
    {
        var addresses = Addresses(node.Node, Access.LosesIPv4(node.Node.Index));
        var routes = Access.OwnRoutesOf(node.Node.Index, PrimaryRoutes.ByRegistration);
        var attributes = CorpusAttributes.Given(_case);
        CorpusAttributes.Add(attributes, JsonDocument.Parse(Attributes(Access.AttributesOf(node.Node.Index))).RootElement);
        return new NodeView(
            node.Name,
            Canonical.Prefixes(addresses),
            Canonical.Prefixes(addresses.Concat(routes.Allowed)),
            Canonical.Prefixes(routes.Primary),
            CorpusAttributes.Text(attributes));
    }

    public IEnumerable<IpPrefix> AutoApproved(CaseNode node) => Access.AutoApproved(node.Node.Index);

    private static string Attributes(WireMap<string, WireList<RawJson>?> attributes) =>
        OnTheWire(new MapResponse { Node = new MapNode { CapMap = attributes } }) is var message
        && message.GetProperty("Node").TryGetProperty("CapMap", out var map) ? Canonical.Json(map) : "{}";

    private static IpPrefix[] Addresses(PolicyNode node, bool withoutIPv4) =>
        withoutIPv4 ? [IpPrefix.Single(node.IPv6!)] : [IpPrefix.Single(node.IPv4!), IpPrefix.Single(node.IPv6!)];

    private static JsonElement OnTheWire(MapResponse message)
    {
        using var document = JsonDocument.Parse(ControlJson.SerializeToUtf8Bytes(message));
        return document.RootElement.Clone();
    }
}
