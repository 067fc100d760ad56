using MeshControl.Policy.Access;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Access;

/// <summary>What policies call users.</summary>
public sealed class UserLoginsTests
{
    [Theory]
    [InlineData("alice", null, "alice@", true)]
    [InlineData("alice", "alice@example.com", "alice@", true)]
    [InlineData("alice", "alice@example.com", "Alice@Example.com", true)]
    [InlineData("alice@example.com", null, "alice@example.com", true)]
    [InlineData("alice@example.com", null, "alice@", false)]
    // The name of somebody else, whom the policy means.
    [InlineData("alice@", null, "alice@", false)]
    [InlineData("alice", "alice@example.com", "bob@", false)]
    public void Sees_RuleForALogin_MeansTheUserOfThatName(string name, string? email, string login, bool isMeant)
    {
        var world = new TestTailnet().User("owner@example.com").Node("laptop", "owner@example.com").Node("web", "tag:web");
        var policy = TestTailnet.Read($$"""{"tagOwners": {"tag:web": []}, "acls": [{"action": "accept", "src": ["{{login}}"], "dst": ["tag:web:22"]}]}""");
        var map = AccessMap.Build(policy, TestTailnet.Settings, [new PolicyUser(1, name, email, UserRole.Member)], world.Nodes);
        Assert.Equal(isMeant, map.Sees(world["laptop"].Index, world["web"].Index));
    }
}
