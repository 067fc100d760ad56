using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Approval;

/// <summary>What no capture shows; the rest is in the conformance tests.</summary>
public sealed class AutoApprovalTests
{
    private const string Routes = "10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 192.168.0.0/16 fd00:1::/32 0.0.0.0/0 ::/0";

    [Theory]
    [InlineData("\"10.1.0.0/16\": [\"alice@example.com\"]", "", "10.1.0.0/16 10.1.2.0/24")]
    [InlineData("\"10.1.0.0/16\": [\"group:routers\"]", "", "10.1.0.0/16 10.1.2.0/24")]
    [InlineData("\"10.1.0.0/16\": [\"autogroup:admin\"]", "", "10.1.0.0/16 10.1.2.0/24")]
    [InlineData("\"10.1.0.0/16\": [\"autogroup:member\"]", "", "10.1.0.0/16 10.1.2.0/24")]
    [InlineData("\"10.1.0.0/16\": [\"bob@example.com\", \"tag:router\"]", "", "")]
    [InlineData("\"0.0.0.0/0\": [\"alice@example.com\"]", "", "10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 192.168.0.0/16")]
    [InlineData("\"::/0\": [\"alice@example.com\"]", "", "fd00:1::/32")]
    [InlineData("", "\"alice@example.com\"", "0.0.0.0/0 ::/0")]
    [InlineData("", "\"group:routers\"", "0.0.0.0/0 ::/0")]
    [InlineData("", "\"tag:router\"", "")]
    public void AutoApproved_RoutesOfAUser_AreThoseOfTheApproversItIsAmong(string routes, string exitNode, string expected)
    {
        var tailnet = Tailnet("alice@example.com");
        Assert.Equal(expected, Approved(tailnet, routes, exitNode));
    }

    [Theory]
    [InlineData("\"10.1.0.0/16\": [\"alice@example.com\", \"autogroup:member\", \"group:routers\"]", "")]
    [InlineData("\"10.1.0.0/16\": [\"tag:router\"]", "10.1.0.0/16 10.1.2.0/24")]
    [InlineData("\"10.1.0.0/16\": [\"tag:other\"]", "10.1.0.0/16 10.1.2.0/24")]
    public void AutoApproved_RoutesOfATaggedNode_AreThoseOfItsTagsAlone(string routes, string expected)
    {
        var tailnet = Tailnet("tag:router tag:other");
        Assert.Equal(expected, Approved(tailnet, routes, ""));
    }

    private static TestTailnet Tailnet(string owner) => new TestTailnet()
        .User("alice@example.com", UserRole.Admin).User("bob@example.com").Node("router", owner, Routes);

    private static string Approved(TestTailnet tailnet, string routes, string exitNode)
    {
        var policy = """
            {"groups": {"group:routers": ["alice@example.com"]}, "tagOwners": {"tag:router": [], "tag:other": []},
             "autoApprovers": {"routes": {ROUTES}, "exitNode": [EXIT]}}
            """.Replace("ROUTES", routes, StringComparison.Ordinal).Replace("EXIT", exitNode, StringComparison.Ordinal);
        return string.Join(' ', tailnet.Apply(policy).AutoApproved(tailnet["router"].Index));
    }
}
