using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;
using MeshControl.Server.Hosting;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>Which devices wait for approval.</summary>
public sealed class ApprovalKeyTests
{
    [Fact]
    public void Load_Nothing_NobodyWaits()
    {
        Assert.False(TailnetSettingsFactory.From(Loading.Options("{}"), new DerpMap()).ApprovalRequired);
    }

    [Fact]
    public void Load_Exempt_ReachesTheTailnet()
    {
        var settings = TailnetSettingsFactory.From(
            Loading.Options("node: {approval: {required: true, exempt: [Alice@Example.com, 'tag:a', 'group:it', 'autogroup:admin']}}"), new DerpMap());

        Assert.True(settings.ApprovalRequired);
        Assert.True(Includes(new PolicyUser(1, "alice", "alice@example.com", UserRole.Member)));
        Assert.True(Includes(new PolicyUser(2, "bob", null, UserRole.Admin)));
        Assert.False(Includes(new PolicyUser(3, "carol", null, UserRole.Member)));
        Assert.True(Includes(null, "tag:a", "tag:b"));
        Assert.False(Includes(null, "tag:b"));

        bool Includes(PolicyUser? owner, params string[] tags) => settings.Approved.Include(PolicyFile.None, owner, [.. tags]);
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("'*'")]
    [InlineData("100.64.0.1")]
    [InlineData("'autogroup:nobody'")]
    [InlineData("'autogroup:internet'")]
    [InlineData("''")]
    public void Load_ExemptNobody_IsAnErrorThatSaysWhatToWrite(string word)
    {
        var error = Loading.Error($"node: {{approval: {{exempt: [alice@, {word}]}}}}");

        Assert.Equal("node.approval.exempt[1]", error.Key);
        Assert.Contains("alice@example.com", error.Remedy, StringComparison.Ordinal);
    }
}
