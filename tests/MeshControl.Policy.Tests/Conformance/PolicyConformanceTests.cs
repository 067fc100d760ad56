using System.Text.Json;
using MeshControl.Testing.Captures;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>
/// What the real service answered to policies, and what its clients then received, case by case; one theory for each statement of
/// the corpus' README. Its statement about DNS is tested where DNS is made: policies have no part in it.
/// </summary>
public sealed class PolicyConformanceTests
{
    private const int ServiceDefect = 500;

    public static TheoryData<string> Cases => [.. PolicyCases.Files()];

    [Fact]
    public void Corpus_IsThere()
    {
        Assert.NotEmpty(PolicyCases.Files());
        Assert.NotEmpty(Corpus.Constants.Roles);
    }

    /// <summary>Statement 1. Where the service itself broke there is no message to agree on, and the policy is refused all the same.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Upload_AnswersAsTheServiceDid(string file)
    {
        var expected = Corpus.Load(file);
        if (expected.Code == ServiceDefect)
        {
            Assert.NotNull(expected.Answer.Error);
            return;
        }

        Assert.Equal(expected.Message, expected.Answer.Error?.Message);
    }

    /// <summary>Statement 2.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void PacketFilter_OfEveryNode_IsTheServices(string file) => ForEachNode(file, (expected, answer, node) =>
        Assert.Equal(Canonical.Filter(expected.GetProperty("packetFilterRules")), Canonical.Filter(answer.PacketFilter(node))));

    /// <summary>Statement 2 by its stricter reading: sources are spelled as the service spells them.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void PacketFilter_OfEveryNode_SpellsSourcesAsTheServiceDoes(string file) => ForEachNode(file, (expected, answer, node) =>
        Assert.Equal(
            Canonical.Filter(expected.GetProperty("packetFilterRules"), exactSources: true),
            Canonical.Filter(answer.PacketFilter(node), exactSources: true)));

    /// <summary>Statement 3.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void SshRules_OfEveryNode_AreTheServices(string file) => ForEachNode(file, (expected, answer, node) =>
        Assert.Equal(
            expected.TryGetProperty("sshRules", out var rules) ? Canonical.Ssh(rules) : [],
            Canonical.Ssh(answer.SshRules(node))));

    /// <summary>Statement 4.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Peers_OfEveryNode_AreThoseTheServiceShows(string file)
    {
        var world = Corpus.Load(file).World;
        ForEachNode(file, (expected, answer, node) => Assert.Equal(
            expected.GetProperty("peers").EnumerateObject()
                .Select(peer => ExpectedNode.Peer(peer.Value, world.Node(peer.Name)))
                .Select(peer => Corpus.Load(file).HasRoutesInFlux(peer.Name) ? peer with { AllowedIps = "", PrimaryRoutes = "" } : peer)
                .OrderBy(peer => peer.Name, StringComparer.Ordinal),
            answer.Peers(node)
                .Select(peer => Corpus.Load(file).HasRoutesInFlux(peer.Name) ? peer with { AllowedIps = "", PrimaryRoutes = "" } : peer)
                .OrderBy(peer => peer.Name, StringComparer.Ordinal)));
    }

    /// <summary>Statement 5.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Self_OfEveryNode_IsAsTheServiceTells(string file)
    {
        var captured = Corpus.Load(file);
        ForEachNode(file, (expected, answer, node) =>
        {
            var (wanted, seen) = (ExpectedNode.Self(expected, node, captured), answer.Self(node));
            if (node.SelfViewLags)
            {
                wanted = wanted with { AllowedIps = "", PrimaryRoutes = "" };
                seen = seen with { AllowedIps = "", PrimaryRoutes = "" };
            }

            Assert.Equal(wanted, seen);
        });
    }

    /// <summary>Statement 6.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void AutoApproval_OfEveryNode_ApprovesWhatTheServiceDid(string file)
    {
        var captured = Corpus.Load(file);
        if (captured.Answer.Error is null)
        {
            Assert.All(captured.World.Nodes, node => Assert.Equal(
                Canonical.Prefixes(node.Node.ApprovedRoutes), Canonical.Prefixes(captured.Answer.AutoApproved(node))));
        }
    }

    /// <summary>Statement 8.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Whois_OfEveryPeer_TellsWhatTheServicesClientsTold(string file)
    {
        var world = Corpus.Load(file).World;
        ForEachNode(file, (expected, answer, node) =>
        {
            if (expected.TryGetProperty("whois", out var whois))
            {
                Assert.Equal(
                    whois.EnumerateObject().Select(peer => $"{peer.Name}: {Canonical.Json(peer.Value)}").Order(StringComparer.Ordinal),
                    answer.Peers(node)
                        .Select(peer => (peer.Name, Capabilities: Whois.CapabilitiesOf(answer.PacketFilter(node), world.Node(peer.Name), node)))
                        .Where(peer => peer.Capabilities != "{}")
                        .Select(peer => $"{peer.Name}: {peer.Capabilities}")
                        .Order(StringComparer.Ordinal));
            }
        });
    }

    /// <summary>Runs over the nodes that were recorded, and tells which of them differs. A refused policy reaches none of them.</summary>
    private static void ForEachNode(string file, Action<JsonElement, CaseAnswer, CaseNode> compare)
    {
        var captured = Corpus.Load(file);
        Assert.Equal(captured.Code == 200, captured.Answer.Error is null);
        Assert.All(captured.Expected, node => compare(node.Value, captured.Answer, captured.World.Node(node.Name)));
    }
}
