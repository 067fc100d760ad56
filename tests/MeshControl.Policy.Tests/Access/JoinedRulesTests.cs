using MeshControl.Policy.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Access;

/// <summary>Rules for the same addresses and protocol are one, however the policy names the addresses.</summary>
public sealed class JoinedRulesTests
{
    private readonly TestTailnet _tailnet = new TestTailnet()
        .User("alice@example.com")
        .Node("laptop", "alice@example.com")
        .Node("web", "tag:web")
        .Node("gw", "tag:gw", "10.20.0.0/16", "10.20.0.0/16");

    [Theory]
    [InlineData("\"alice@example.com\"", "\"alice@example.com\", \"100.64.0.1\"")]
    [InlineData("\"alice@example.com\"", "\"100.64.0.1\", \"fd7a:115c:a1e0::1\"")]
    [InlineData("\"*\"", "\"*\", \"10.20.0.0/16\"")]
    [InlineData("\"autogroup:danger-all\"", "\"tag:gw\", \"autogroup:danger-all\"")]
    public void Rules_SameAddressesInOtherWords_AreOneRule(string sources, string others)
    {
        var rules = RulesOfWeb(sources, others);
        Assert.Equal([22, 22, 80, 80], Assert.Single(rules).DstPorts!.Select(range => (int)range.Ports.First));
    }

    [Theory]
    [InlineData("\"alice@example.com\"", "\"100.64.0.1\"")]
    [InlineData("\"*\"", "\"*\", \"10.21.0.0/16\"")]
    [InlineData("\"*\"", "\"autogroup:danger-all\"")]
    public void Rules_OtherAddresses_StayApart(string sources, string others) => Assert.Equal(2, RulesOfWeb(sources, others).Count);

    private WireList<FilterRule> RulesOfWeb(string sources, string others)
    {
        var map = _tailnet.Apply($$"""
            {
              "tagOwners": {"tag:web": [], "tag:gw": []},
              "acls": [
                {"action": "accept", "src": [{{sources}}], "dst": ["tag:web:22"]},
                {"action": "accept", "src": [{{others}}], "dst": ["tag:web:80"]},
              ],
            }
            """);
        return map.FilterOf(_tailnet["web"].Index).Rules;
    }
}
