using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Nodes;

/// <summary>What administrators decide about a node: its name, its expiry, its tags.</summary>
public sealed class AdministeredNodeTests
{
    private static readonly NodeId One = new(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestSetGivenNameSuccess")]
    public async Task Rename_Node_PeersAndTheNodeItselfAreTold()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var self = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        self.First();
        peer.First();

        var entry = (await host.ExecuteAsync(new RenameNodeCommand(One, " Kitchen-2 "))).Value;

        Assert.Equal(("kitchen-2", true), (entry.Node.GivenName, entry.Node.GivenNameFixed));
        Assert.Equal("kitchen-2.mesh.test.", self.Next()!.Node!.Name);
        Assert.Equal("kitchen-2.mesh.test.", Assert.Single(peer.Next()!.PeersChanged!).Name);
    }

    [Fact]
    public async Task Rename_Node_NoLongerFollowsItsHostName()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.ExecuteAsync(new RenameNodeCommand(One, "kitchen"));

        await host.ExecuteAsync(new UpdateNodeCommand(One, new MapRequest { Hostinfo = new Hostinfo { Hostname = "laptop" } }));

        Assert.Equal(("kitchen", "laptop"), (host.Entry(1).Node.GivenName, host.Entry(1).Node.Hostname));
    }

    [Fact]
    [Trait("Acceptance", "TestSetGivenNameIdempotent")]
    public async Task Rename_ToTheNameItHas_FixesIt()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.True((await host.ExecuteAsync(new RenameNodeCommand(One, "node1"))).Value.Node.GivenNameFixed);
    }

    [Theory]
    [Trait("Acceptance", "TestSetGivenNameRejectsTaken")]
    [Trait("Acceptance", "TestSetGivenNameRejectsInvalid")]
    [Trait("Acceptance", "TestSetGivenNameRejectsMissingNode")]
    [InlineData(1, "node2", CoreErrorKind.AlreadyExists)]
    [InlineData(1, "Node2", CoreErrorKind.AlreadyExists)]
    [InlineData(1, "", CoreErrorKind.Invalid)]
    [InlineData(1, "-a", CoreErrorKind.Invalid)]
    [InlineData(1, "a-", CoreErrorKind.Invalid)]
    [InlineData(1, "a.b", CoreErrorKind.Invalid)]
    [InlineData(1, "a b", CoreErrorKind.Invalid)]
    [InlineData(1, "küche", CoreErrorKind.Invalid)]
    [InlineData(9, "kitchen", CoreErrorKind.NotFound)]
    public async Task Rename_WrongWish_IsRefusedAndNothingIsWritten(int id, string name, CoreErrorKind kind)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));

        Assert.Equal(kind, (await host.ExecuteAsync(new RenameNodeCommand(new NodeId(id), name))).Error!.Kind);
        Assert.Empty(host.Store.Batches);
    }

    [Fact]
    [Trait("Acceptance", "TestRenameNodeRejectsNameExceedingFQDNLimit")]
    public async Task Rename_LongestName_IsTakenAndOneMoreByteIsNot()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Null((await host.ExecuteAsync(new RenameNodeCommand(One, new string('a', GivenNames.MaxLength)))).Error);
        var refused = (await host.ExecuteAsync(new RenameNodeCommand(One, new string('a', GivenNames.MaxLength + 1)))).Error!;

        Assert.Contains("is too long, max length is 63 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expire_Node_EverybodyIsToldThatItHasExpired()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var self = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        self.First();
        peer.First();

        await host.ExecuteAsync(new ExpireNodeCommand(One));

        var now = host.Time.GetUtcNow();
        Assert.Equal(now, host.Entry(1).Node.Expiry);
        Assert.Equal((now, true), Told(self.Next()!.Node!));
        Assert.Equal((now, true), Told(Assert.Single(peer.Next()!.PeersChanged!)));

        await host.ExecuteAsync(new ExpireNodeCommand(One) { Never = true });

        Assert.Equal((null, false), Told(self.Next()!.Node!));
        Assert.Equal((null, false), Told(Assert.Single(peer.Next()!.PeersChanged!)));

        static (DateTimeOffset?, bool) Told(MapNode node) => (node.KeyExpiry, node.Expired);
    }

    [Fact]
    public async Task Expire_AtATimeOrAfterOne_IsThatTime()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        var now = host.Time.GetUtcNow();
        var local = new DateTimeOffset(2030, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)).AddTicks(1);

        Assert.Equal(
            new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
            (await host.ExecuteAsync(new ExpireNodeCommand(One) { At = local })).Value.Node.Expiry);
        Assert.Equal(
            now.AddHours(2),
            (await host.ExecuteAsync(new ExpireNodeCommand(One) { Lifetime = TimeSpan.FromHours(2) })).Value.Node.Expiry);
    }

    [Fact]
    public async Task Expire_TimeInThePast_IsNow()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        var entry = (await host.ExecuteAsync(new ExpireNodeCommand(One) { At = DateTimeOffset.MinValue })).Value;

        Assert.Equal(host.Time.GetUtcNow(), entry.Node.Expiry);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task Expire_NegativeLifetime_IsNow(long ticks)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        var entry = (await host.ExecuteAsync(new ExpireNodeCommand(One) { Lifetime = TimeSpan.FromTicks(ticks) })).Value;

        Assert.Equal(host.Time.GetUtcNow(), entry.Node.Expiry);
    }

    [Fact]
    public async Task Expire_NodeThatHasExpired_KeepsItsTime()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.ExecuteAsync(new ExpireNodeCommand(One));
        var first = host.Entry(1).Node.Expiry;
        host.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(first, (await host.ExecuteAsync(new ExpireNodeCommand(One))).Value.Node.Expiry);
        Assert.Single(host.Store.Batches);
    }

    [Fact]
    public async Task Expire_LongestTime_IsTakenAndAMomentMoreIsNot()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        var (most, more) = (ExpireNodeCommand.MaxLifetime, ExpireNodeCommand.MaxLifetime + TimeSpan.FromMilliseconds(1));
        var now = host.Time.GetUtcNow();

        Assert.Null((await host.ExecuteAsync(new ExpireNodeCommand(One) { Lifetime = most })).Error);
        Assert.Null((await host.ExecuteAsync(new ExpireNodeCommand(One) { At = now + most })).Error);
        Assert.Equal(CoreErrorKind.Invalid, (await host.ExecuteAsync(new ExpireNodeCommand(One) { Lifetime = more })).Error!.Kind);
        Assert.Equal(CoreErrorKind.Invalid, (await host.ExecuteAsync(new ExpireNodeCommand(One) { At = now + more })).Error!.Kind);
        Assert.Equal(CoreErrorKind.NotFound, (await host.ExecuteAsync(new ExpireNodeCommand(new NodeId(9)))).Error!.Kind);
    }

    [Fact]
    [Trait("Acceptance", "TestTaggingPreservesNodeExpiry")]
    public async Task Tag_UsersNode_LosesItsOwnerAloneAndThePeersSeeIt()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var expiry = (await host.ExecuteAsync(new ExpireNodeCommand(One) { Lifetime = TimeSpan.FromHours(1) })).Value.Node.Expiry;
        var self = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        self.First();
        peer.First();

        var node = (await host.ExecuteAsync(new TagNodeCommand(One, ["tag:b", "tag:a"]))).Value.Node;

        Assert.Equal((null, expiry), (node.Owner, node.Expiry));
        Assert.Equal(["tag:a", "tag:b"], node.Tags);
        var (toSelf, toPeer) = (self.Next()!, peer.Next()!);

        // The peer's own node comes along: without it, some releases overlook the profile.
        Assert.Equal(2, toPeer.Node!.Id);
        foreach (var (told, shown) in new[] { (toSelf, toSelf.Node!), (toPeer, Assert.Single(toPeer.PeersChanged!)) })
        {
            Assert.Equal(["tag:a", "tag:b"], shown.Tags!);
            Assert.Equal((Core.Maps.UserProfiles.TaggedDevicesId, expiry), (shown.User, shown.KeyExpiry));
            Assert.Contains(told.UserProfiles!, profile => profile.LoginName == "tagged-devices");
        }
    }

    [Fact]
    [Trait("Acceptance", "TestTaggedNodeCanHaveKeyExpiry")]
    public async Task Tag_TaggedNode_KeepsTheExpiryThatItWasGiven()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.ExecuteAsync(new TagNodeCommand(One, ["tag:a"]));
        var expiry = (await host.ExecuteAsync(new ExpireNodeCommand(One) { Lifetime = TimeSpan.FromHours(1) })).Value.Node.Expiry;

        var node = (await host.ExecuteAsync(new TagNodeCommand(One, ["tag:c"]))).Value.Node;

        Assert.Equal(["tag:c"], node.Tags);
        Assert.Equal(expiry, node.Expiry);
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAdminAPICannotSetInvalidFormat")]
    public async Task Tag_WrongWishes_AreRefused()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Contains("write tag:name", await RefusalAsync(One, ["tag:a", "web"]), StringComparison.Ordinal);
        Assert.Contains("more than the 64", await RefusalAsync(One, [.. Enumerable.Range(0, TagNames.MaxTags + 1).Select(n => $"tag:t{n}")]), StringComparison.Ordinal);
        Assert.Contains("no node with id 9", await RefusalAsync(new NodeId(9), ["tag:a"]), StringComparison.Ordinal);
        Assert.Empty(host.Store.Batches);

        async Task<string> RefusalAsync(NodeId id, string[] tags) => (await host.ExecuteAsync(new TagNodeCommand(id, tags))).Error!.Message;
    }
}
