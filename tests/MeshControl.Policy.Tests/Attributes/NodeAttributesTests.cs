using System.Text.Json;
using MeshControl.Policy.Access;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Attributes;

/// <summary>What no capture shows; the rest is in the conformance tests.</summary>
public sealed class NodeAttributesTests
{
    private const string Admin = NodeCapabilities.IsAdmin;
    private const string Owner = NodeCapabilities.IsOwner;

    private readonly TestTailnet _tailnet = new TestTailnet()
        .User("owner@example.com", UserRole.Owner)
        .User("admin@example.com", UserRole.Admin)
        .User("network@example.com", UserRole.NetworkAdmin)
        .User("member@example.com")
        .Node("owner", "owner@example.com")
        .Node("admin", "admin@example.com")
        .Node("network", "network@example.com")
        .Node("member", "member@example.com")
        .Node("web", "tag:web")
        .Node("exit", "tag:exit", "0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0");

    [Theory]
    [InlineData("owner", Admin + "," + Owner)]
    [InlineData("admin", Admin)]
    [InlineData("network", "")]
    [InlineData("member", "")]
    [InlineData("web", Owner)]
    public void AttributesOf_Role_TellsTheClientWhatItsUserIs(string node, string expected) =>
        Assert.Equal(expected, string.Join(',', _tailnet.Apply("{}").AttributesOf(_tailnet[node].Index).Keys));

    [Theory]
    [InlineData("autogroup:owner", "owner")]
    [InlineData("autogroup:admin", "owner admin")]
    [InlineData("autogroup:network-admin", "network")]
    [InlineData("autogroup:auditor", "")]
    [InlineData("autogroup:member", "owner admin network member")]
    [InlineData("autogroup:tagged", "web exit")]
    [InlineData("*", "owner admin network member web exit")]
    [InlineData("group:ops", "network member")]
    [InlineData("100.64.0.5", "web")]
    public void AttributesOf_Target_GivesTheAttributeToThoseItMeans(string target, string expected)
    {
        var access = _tailnet.Apply(
            """{"groups": {"group:ops": ["network@example.com", "member@example.com"]}, "nodeAttrs": [{"target": ["TARGET"], "attr": ["example"]}]}"""
                .Replace("TARGET", target, StringComparison.Ordinal));
        Assert.Equal(expected, Having(access, "example"));
    }

    [Fact]
    public void AttributesOf_NodeWhoseUserBecomesAdmin_FollowTheRole()
    {
        var before = _tailnet.Apply("{}");
        Assert.Empty(before.AttributesOf(_tailnet["member"].Index));

        var (after, change) = before.With(new WorldChange { Users = [_tailnet.Users[3] with { Role = UserRole.Admin }] });
        Assert.Equal([Admin], after.AttributesOf(_tailnet["member"].Index).Keys);
        Assert.True(change.MayConcern(_tailnet["member"].Index));
    }

    [Fact]
    public void AttributesOf_AppConnectors_CollectsTheSettingsOfAllEntries()
    {
        var access = _tailnet.Apply(
            """
            {"tagOwners": {"tag:web": []}, "nodeAttrs": [
              {"target": ["*"], "app": {"tailscale.com/app-connectors": [{"name": "one", "connectors": ["tag:web"], "domains": ["a.example"]}]}},
              {"target": ["tag:web"], "app": {"tailscale.com/app-connectors": [{"name": "two", "connectors": ["*"], "domains": ["b.example"]}]}}]}
            """);
        Assert.Equal(["one"], Names("member"));
        Assert.Equal(["one", "two"], Names("web"));

        IEnumerable<string?> Names(string node) => access.AttributesOf(_tailnet[node].Index)[NodeCapabilities.AppConnectors]!
            .Select(settings => JsonDocument.Parse(settings.Utf8.ToArray()).RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public void AttributesOf_OneCgnatRoute_ConcernsMacsAlone()
    {
        _tailnet.Attribute("member", "node:os", "\"macos\"").Attribute("admin", "node:os", "\"linux\"");
        Assert.Equal("member", Having(_tailnet.Apply("""{"OneCGNATRoute": "mac-always"}"""), NodeCapabilities.OneCgnatOn));
        Assert.Equal("member", Having(_tailnet.Apply("""{"OneCGNATRoute": "mac-never"}"""), NodeCapabilities.OneCgnatOff));
        Assert.Equal("", Having(_tailnet.Apply("""{"OneCGNATRoute": ""}"""), NodeCapabilities.OneCgnatOn));
    }

    [Fact]
    public void LosesIPv4_SwitchOfTheFile_MeansEveryNode()
    {
        var access = _tailnet.Apply("""{"disableIPv4": true}""");
        Assert.All(_tailnet.Nodes, node => Assert.True(access.LosesIPv4(node.Index)));
        Assert.Equal("owner admin network member web exit", Having(access, "disable-ipv4"));
    }

    [Fact]
    public void LosesIPv4_Attribute_MeansItsTargets()
    {
        var access = _tailnet.Apply("""{"nodeAttrs": [{"target": ["member@example.com"], "attr": ["disable-ipv4"]}]}""");
        Assert.Equal(["member"], _tailnet.Nodes.Where(node => access.LosesIPv4(node.Index)).Select(node => _tailnet.NameOf(node.IPv4!.ToString())));
    }

    [Fact]
    public void AttributesOf_RandomizeClientPort_IsAnAttributeOfAll() =>
        Assert.Equal(
            "owner admin network member web exit", Having(_tailnet.Apply("""{"randomizeClientPort": true}"""), NodeCapabilities.RandomizeClientPort));

    [Fact]
    public void PeerAttributesOf_ExitNode_IsThatItMayBeSuggested()
    {
        var access = _tailnet.Apply("""{"nodeAttrs": [{"target": ["*"], "attr": ["example"]}]}""");
        Assert.Equal([NodeCapabilities.SuggestExitNode], access.PeerAttributesOf(_tailnet["exit"].Index).Keys);
        Assert.Empty(access.PeerAttributesOf(_tailnet["web"].Index));
    }

    private string Having(AccessMap access, string attribute) => string.Join(' ', _tailnet.Nodes
        .Where(node => access.AttributesOf(node.Index).ContainsKey(attribute))
        .Select(node => _tailnet.NameOf(node.IPv4!.ToString())));
}
