using MeshControl.Policy.Approval;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Approval;

public sealed class TagOwnershipTests
{
    private static readonly TagOwnership Owners = new(TestTailnet.Read(
        """
        {"groups": {"group:dev": ["dev@example.com"]}, "tagOwners": {
          "tag:none": [],
          "tag:user": ["user@example.com"],
          "tag:group": ["group:dev"],
          "tag:network": ["autogroup:network-admin"],
          "tag:members": ["autogroup:member"],
          "tag:leaf": ["tag:user"],
          "tag:deep": ["tag:leaf"],
          "tag:circle-a": ["tag:circle-b"],
          "tag:circle-b": ["tag:circle-a", "user@example.com"]}}
        """));

    [Theory]
    [InlineData("user", UserRole.Member, "tag:user tag:members tag:leaf tag:deep tag:circle-a tag:circle-b")]
    [InlineData("dev", UserRole.Member, "tag:group tag:members")]
    [InlineData("stranger", UserRole.Auditor, "tag:members")]
    [InlineData("boss", UserRole.Owner, "tag:none tag:user tag:group tag:network tag:members tag:leaf tag:deep tag:circle-a tag:circle-b")]
    [InlineData("chief", UserRole.Admin, "tag:none tag:user tag:group tag:network tag:members tag:leaf tag:deep tag:circle-a tag:circle-b")]
    [InlineData("net", UserRole.NetworkAdmin, "tag:none tag:user tag:group tag:network tag:members tag:leaf tag:deep tag:circle-a tag:circle-b")]
    public void Allows_User_GivesTheTagsItOwnsByWhateverWay(string name, UserRole role, string expected)
    {
        var user = new PolicyUser(1, name, name + "@example.com", role);
        Assert.Equal(
            expected,
            string.Join(' ', "tag:none tag:user tag:group tag:network tag:members tag:leaf tag:deep tag:circle-a tag:circle-b tag:unknown"
                .Split(' ').Where(tag => Owners.Allows(user, tag))));
    }

    [Theory]
    [InlineData("tag:user", "tag:user", true)]
    [InlineData("tag:user", "tag:leaf", true)]
    [InlineData("tag:user", "tag:deep", true)]
    [InlineData("tag:deep", "tag:user", false)]
    [InlineData("tag:circle-a", "tag:circle-b", true)]
    [InlineData("tag:none", "tag:user", false)]
    [InlineData("tag:unknown", "tag:unknown", false)]
    public void Allows_TaggedNode_GivesItselfWhatItsTagsOwn(string has, string wants, bool expected) =>
        Assert.Equal(expected, Owners.Allows([has], wants));
}
