using System.Net;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Properties;

/// <summary>What holds of every policy in every tailnet, tried on some that are made up. A test that fails names its seed.</summary>
public sealed class PolicyPropertiesTests
{
    private const int Seeds = 25;
    private const int Steps = 8;
    private const string Server = "https://control.example.com";

    private static readonly (int Protocol, int Port)[] Ports = [(6, 22), (6, 443), (6, 85), (17, 53), (17, 8050), (132, 22), (1, 0)];

    private static readonly IPAddress[] Strangers =
        [.. new[] { "10.20.5.7", "10.20.9.9", "10.99.0.9", "192.168.7.1", "8.8.8.8", "100.115.92.5", "fd00:20::1", "2001:db8::1" }.Select(IPAddress.Parse)];

    private static readonly string[] Logins = ["root", "ops", "eve", "user1", "user2"];

    public static TheoryData<int> AllSeeds => [.. Enumerable.Range(1, Seeds)];

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void With_AnyChanges_GivesWhatBuildingAnewGives(int seed)
    {
        var (map, world) = Start(seed);
        for (var step = 0; step < Steps; step++)
        {
            // Otherwise nothing is there that could be kept by mistake. The map between is asked nothing.
            _ = Describe(map, world);
            var (between, _) = map.With(world.Step());
            var (next, _) = between.With(world.Step());
            Assert.Equal(Describe(AccessMap.Build(map.Policy, RandomWorld.Tailnet, world.Users, world.Nodes), world), Describe(next, world));
            map = next;
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void ChangesSince_AnyChange_TurnsTheOldPiecesIntoTheNew(int seed)
    {
        var (map, world) = Start(seed);
        for (var step = 0; step < Steps; step++)
        {
            var (next, change) = map.With(world.Step());
            foreach (var node in world.Nodes)
            {
                var pieces = map.FilterOf(node.Index).Pieces.ToDictionary();
                var differences = next.FilterOf(node.Index).ChangesSince(map.FilterOf(node.Index));
                Assert.True(change.MayConcern(node.Index) || differences is null, $"Node {node.Index} has another filter unexpectedly.");
                foreach (var (name, piece) in differences ?? WireMap.Empty<string, WireList<FilterRule>?>())
                {
                    pieces[name] = piece;
                }

                var expected = next.FilterOf(node.Index).Pieces;
                Assert.Equal(Text(expected), Text(pieces.Where(piece => piece.Value is not null)));
            }

            map = next;
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void MayConcern_False_MeansThatTheNodeIsToldTheSame(int seed)
    {
        var (map, world) = Start(seed);
        for (var step = 0; step < Steps; step++)
        {
            var (next, change) = map.With(world.Step());
            foreach (var node in world.Nodes.Where(node => !change.MayConcern(node.Index)))
            {
                Assert.Equal(map.SshRulesOf(node.Index, Server), next.SshRulesOf(node.Index, Server));
                Assert.Equal(map.AttributesOf(node.Index), next.AttributesOf(node.Index));
                Assert.Equal(map.LosesIPv4(node.Index), next.LosesIPv4(node.Index));
                Assert.Equal(map.OwnRoutesOf(node.Index, PrimaryRoutes.ByRegistration), next.OwnRoutesOf(node.Index, PrimaryRoutes.ByRegistration));
            }

            map = next;
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void MayChangePeers_False_MeansThatOnlyChangedNodesComeAndGo(int seed)
    {
        var (map, world) = Start(seed);
        for (var step = 0; step < Steps; step++)
        {
            var happened = world.Step();
            var (next, change) = map.With(happened);
            var changed = happened.Nodes.Select(node => node.Index).Concat(happened.RemovedNodes).Concat(change.Reclassed).Concat(change.Rerouted).ToHashSet();
            foreach (var viewer in world.Nodes.Where(node => !changed.Contains(node.Index) && !change.MayChangePeers(node.Index)))
            {
                foreach (var other in world.Nodes.Where(node => !changed.Contains(node.Index)))
                {
                    Assert.Equal(map.Sees(viewer.Index, other.Index), next.Sees(viewer.Index, other.Index));
                    Assert.Equal(View(map, viewer, other), View(next, viewer, other));
                }
            }

            map = next;
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void SightUntil_PeersThatAreNotNamed_AreSeenAsBefore(int seed)
    {
        var (map, world) = Start(seed);
        for (var step = 0; step < Steps; step++)
        {
            var earlier = world.Nodes.ToDictionary(node => node.Index);
            var (between, change) = map.With(world.Step());
            var (same, _) = between.With(world.Step());
            var other = AccessMap.Build(Start(seed + step + 1).Map.Policy, RandomWorld.Tailnet, world.Users, world.Nodes);
            foreach (var next in new[] { same, other })
            {
                foreach (var viewer in world.Nodes)
                {
                    var named = change.SightUntil(next).PeersOf(viewer.Index).ToHashSet();
                    foreach (var peer in world.Nodes.Where(peer => !named.Contains(peer.Index)))
                    {
                        // A node that was not there before was not seen, whoever had its index then.
                        var was = earlier.TryGetValue(peer.Index, out var known) && known.Id == peer.Id && map.Sees(viewer.Index, peer.Index);
                        Assert.Equal(was, next.Sees(viewer.Index, peer.Index));
                        if (was)
                        {
                            Assert.Equal(View(map, viewer, peer), View(next, viewer, peer));
                        }
                    }
                }
            }

            map = same;
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void FilterOf_EveryConnection_IsLetInExactlyIfARuleSaysSo(int seed)
    {
        var (map, world) = Start(seed);
        var oracle = Oracle(map, world);
        foreach (var node in world.Nodes)
        {
            var filter = new FilterReader(map.FilterOf(node.Index).Rules);
            var pieces = new FilterReader(map.FilterOf(node.Index).Pieces.OrderBy(piece => piece.Key, StringComparer.Ordinal).SelectMany(piece => piece.Value!));
            foreach (var source in Sources(world))
            {
                foreach (var (protocol, port) in Ports)
                {
                    foreach (var destination in new[] { node.IPv4!, node.IPv6! }.Concat(Strangers))
                    {
                        var allowed = oracle.Allows(source, node, destination, protocol, port);
                        var admitted = filter.Admits(source, destination, protocol, port);
                        var where = $"{source} to {destination} at node {node.Index}, protocol {protocol}, port {port}";
                        Assert.True(allowed || !admitted, $"Let in, though no rule allows it: {where}.");
                        Assert.True(admitted || !allowed || !IsServedBy(node, destination), $"Kept out, though a rule allows it: {where}.");
                        Assert.True(admitted == pieces.Admits(source, destination, protocol, port), $"The pieces mean something else: {where}.");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void FilterOf_Capabilities_AreThoseThatAreGranted(int seed)
    {
        var (map, world) = Start(seed);
        var oracle = Oracle(map, world);

        // Whose posture counts on the way back is not said anywhere.
        if ((map.Policy.Grants ?? []).Any(grant => !grant.SourcePostures.IsEmpty))
        {
            return;
        }

        foreach (var node in world.Nodes)
        {
            var filter = new FilterReader(map.FilterOf(node.Index).Rules);
            foreach (var source in Sources(world))
            {
                Assert.Equal(oracle.Capabilities(source, node), filter.Capabilities(source, node.IPv6!));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void SshRulesOf_EveryLogin_IsLetInExactlyIfARuleSaysSo(int seed)
    {
        var (map, world) = Start(seed);
        var oracle = Oracle(map, world);
        foreach (var to in world.Nodes)
        {
            var rules = map.SshRulesOf(to.Index, Server);
            foreach (var from in world.Nodes.Where(node => node != to))
            {
                foreach (var user in Logins)
                {
                    Assert.Equal(oracle.LogsIn(from, to, user), LogsIn(rules, from.IPv4!, user));
                    Assert.Equal(oracle.LogsIn(from, to, user), LogsIn(rules, from.IPv6!, user));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void Sees_EveryPair_IsMutualAndFollowsFromTheFilters(int seed)
    {
        var (map, world) = Start(seed);
        var oracle = Oracle(map, world);
        var filters = Filters(map, world);
        foreach (var viewer in world.Nodes)
        {
            var peers = map.PeersOf(viewer.Index);
            foreach (var other in world.Nodes)
            {
                var sees = map.Sees(viewer.Index, other.Index);
                Assert.Equal(sees, map.Sees(other.Index, viewer.Index));
                Assert.Equal(sees, peers.Contains(other.Index));
                var reach = viewer != other && (Reaches(filters, oracle, viewer, other) || Reaches(filters, oracle, other, viewer));
                Assert.True(reach == sees, $"{viewer.Index} and {other.Index}: reach {reach}, see {sees}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllSeeds))]
    public void RoutesOf_EveryRoute_IsShownAtTheRouterThatIsMeantForTheViewer(int seed)
    {
        var (map, world) = Start(seed);
        var oracle = Oracle(map, world);
        var filters = Filters(map, world);
        foreach (var viewer in world.Nodes)
        {
            foreach (var peer in world.Nodes.Where(node => map.Sees(viewer.Index, node.Index)))
            {
                var shown = map.RoutesOf(viewer.Index, peer.Index, PrimaryRoutes.ByRegistration);
                var expected = peer.ApprovedRoutes.Where(route => route.IsDefaultRoute || IsShown(filters, oracle, world, viewer, peer, route)).Order();
                Assert.Equal(
                    $"{viewer.Index} sees at {peer.Index}: {string.Join(' ', expected)}", $"{viewer.Index} sees at {peer.Index}: {string.Join(' ', shown.Allowed)}");
                Assert.Equal(shown.Allowed.Where(route => !route.IsDefaultRoute), shown.Primary);
            }
        }
    }

    private static string View(AccessMap map, PolicyNode viewer, PolicyNode other) =>
        $"{viewer.Index} sees {other.Index} with {map.RoutesOf(viewer.Index, other.Index, PrimaryRoutes.ByRegistration)}, "
        + $"{map.PeerAttributesOf(other.Index)}, {map.LosesIPv4(other.Index)}";

    private static bool IsShown(Dictionary<int, FilterReader> filters, PolicyOracle oracle, RandomWorld world, PolicyNode viewer, PolicyNode peer, IpPrefix route)
    {
        var routers = world.Nodes.Where(node => node.ApprovedRoutes.Contains(route)).OrderBy(node => node.Id).ToArray();
        var (regular, via) = oracle.RulesFor(viewer, route);
        var answers = filters[viewer.Index].HasSourcesIn(route) || viewer.ApprovedRoutes.Contains(route);
        return via.Count > 0 && !regular
            ? via.Any(rule => routers.First(node => PolicyOracle.Carries(node, rule.Via) || node == routers[^1]) == peer && PolicyOracle.Carries(peer, rule.Via))
                || (routers[0] == peer && answers)
            : routers[0] == peer && (regular || answers);
    }

    /// <summary>Whether something that speaks for the source, be it a route that it forwards, is among the sources of the other's filter.</summary>
    private static bool Reaches(Dictionary<int, FilterReader> filters, PolicyOracle oracle, PolicyNode source, PolicyNode other) =>
        oracle.IsSteeredThrough(source, other)
        || filters[other.Index].HasSource(source.IPv4!)
        || filters[other.Index].HasSource(source.IPv6!)
        || source.ApprovedRoutes.Any(route => !route.IsDefaultRoute && filters[other.Index].HasSourcesIn(route));

    /// <summary>As clients do: the first rule that has the address and a local user for the name.</summary>
    private static bool? LogsIn(WireList<SshRule> rules, IPAddress from, string user)
    {
        var rule = rules.FirstOrDefault(rule =>
            rule.Principals!.Any(principal => IPAddress.Parse(principal.NodeIp!).Equals(from))
            && (rule.SshUsers!.GetValueOrDefault(user) ?? rule.SshUsers!.GetValueOrDefault("*") ?? "").Length > 0);
        return rule is null ? null : !rule.Action!.Accept;
    }

    private static bool IsServedBy(PolicyNode node, IPAddress address) =>
        node.IPv4!.Equals(address) || node.IPv6!.Equals(address)
        || node.ApprovedRoutes.Any(route => !route.IsDefaultRoute && route.Contains(address));

    private static IEnumerable<IPAddress> Sources(RandomWorld world) =>
        world.Nodes.SelectMany(node => new[] { node.IPv4!, node.IPv6! }).Concat(Strangers);

    private static Dictionary<int, FilterReader> Filters(AccessMap map, RandomWorld world) =>
        world.Nodes.ToDictionary(node => node.Index, node => new FilterReader(map.FilterOf(node.Index).Rules));

    private static PolicyOracle Oracle(AccessMap map, RandomWorld world) => new(map.Policy, [.. world.Users], [.. world.Nodes]);

    private static (AccessMap Map, RandomWorld World) Start(int seed)
    {
        var random = new Random(seed);
        var world = new RandomWorld(random);
        var text = new RandomPolicy(random).Next();
        Assert.True(PolicyReader.TryRead(text, RandomWorld.Tailnet, out var policy, out var error), $"{error?.Message}: {text}");
        return (AccessMap.Build(policy, RandomWorld.Tailnet, world.Users, world.Nodes), world);
    }

    /// <summary>Everything that a map says, a line each.</summary>
    private static List<string> Describe(AccessMap map, RandomWorld world)
    {
        var lines = new List<string>();
        foreach (var node in world.Nodes)
        {
            lines.Add($"{node.Index} filter {map.FilterOf(node.Index).Rules}");
            lines.Add($"{node.Index} pieces {Text(map.FilterOf(node.Index).Pieces)}");
            lines.Add($"{node.Index} ssh {map.SshRulesOf(node.Index, Server)}");
            lines.Add($"{node.Index} attributes {map.AttributesOf(node.Index)} {map.PeerAttributesOf(node.Index)} {map.LosesIPv4(node.Index)}");
            lines.Add($"{node.Index} approved {string.Join(' ', map.AutoApproved(node.Index))} {map.OwnRoutesOf(node.Index, PrimaryRoutes.ByRegistration)}");
            lines.AddRange(world.Nodes.Where(other => map.Sees(node.Index, other.Index)).Select(other =>
                $"{node.Index} sees {other.Index} {map.RoutesOf(node.Index, other.Index, PrimaryRoutes.ByRegistration)}"));
        }

        return lines;
    }

    private static string Text(IEnumerable<KeyValuePair<string, WireList<FilterRule>?>> pieces) =>
        string.Join('\n', pieces.OrderBy(piece => piece.Key, StringComparer.Ordinal).Select(piece => $"{piece.Key}: {piece.Value}"));
}
