using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tests.Registration;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Nodes;

/// <summary>Nodes that get another owner without a login: from user to user, and from tags to a user.</summary>
public sealed class OwnerChangeTests
{
    private static readonly NodeId One = new(1);
    private static readonly UserId Other = new(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Move_Node_EverybodyIsToldWhoseItIsAndNothingElseChanges()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(3));
        var self = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        self.First();
        peer.First();
        var before = host.Entry(1).Node;

        var node = (await host.ExecuteAsync(new MoveNodeCommand(One, Other))).Value.Node;

        Assert.Equal(before with { Owner = Other }, node);
        var (toSelf, toPeer) = (self.Next()!, peer.Next()!);
        Assert.Equal(2, toSelf.Node!.User);
        var shown = Assert.Single(toPeer.PeersChanged!);
        Assert.Equal((1, 2), (shown.Id, shown.User));
        Assert.All([toSelf, toPeer], told => Assert.Contains(told.UserProfiles!, profile => profile.LoginName == "user2"));
        Assert.Null(self.Next());
        Assert.Null(peer.Next());
    }

    [Fact]
    public async Task Owner_LastNodeIsDeletedAndAnotherJoins_ItsProfileIsToldAgain()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(4));
        await host.ExecuteAsync(new MoveNodeCommand(One, Other));
        await host.ExecuteAsync(new MoveNodeCommand(new NodeId(4), Other));
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        peer.First();

        await host.ExecuteAsync(new DeleteNodeCommand(One));
        Assert.Null(peer.Next()!.UserProfiles);

        // The first user has more nodes, and the other one had another one: nobody was forgotten yet.
        await host.ExecuteAsync(new MoveNodeCommand(new NodeId(3), Other));
        peer.Next();
        await host.ExecuteAsync(new DeleteNodeCommand(new NodeId(4)));
        await host.ExecuteAsync(new DeleteNodeCommand(new NodeId(3)));
        peer.Next();

        await host.EditAsync(draft => draft.Add(Make.Node(9) with { Owner = Other }));
        var told = peer.Next()!;
        Assert.Equal(2, told.Node?.Id);
        Assert.Contains(told.UserProfiles!, profile => profile.LoginName == "user2");
    }

    [Fact]
    public async Task Owner_GoesAndComesBack_ItsProfileIsToldEachTime()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        peer.First();

        for (var round = 0; round < 2; round++)
        {
            foreach (var (command, login) in new (ChangeNodeCommand, string)[]
            {
                (new MoveNodeCommand(One, Other), "user2"),
                (new TagNodeCommand(One, ["tag:a"]), "tagged-devices"),
                (new TagNodeCommand(One, []) { Owner = new UserId(1) }, "user1"),
            })
            {
                await host.ExecuteAsync(command);
                var told = peer.Next()!;

                // With the viewer's own node: without it, the newest releases overlook the profile, and they have forgotten it meanwhile.
                Assert.Equal(2, told.Node?.Id);
                Assert.Contains(told.UserProfiles!, profile => profile.LoginName == login);
            }
        }
    }

    [Fact]
    public async Task Move_WrongWishes_AreRefusedAndToTheOwnerItHasIsNothing()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Contains("no user with id 9", (await host.ExecuteAsync(new MoveNodeCommand(One, new UserId(9)))).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("no node with id 9", (await host.ExecuteAsync(new MoveNodeCommand(new NodeId(9), Other))).Error!.Message, StringComparison.Ordinal);
        Assert.Null((await host.ExecuteAsync(new MoveNodeCommand(One, new UserId(1)))).Error);
        Assert.Empty(host.Store.Batches);

        await host.ExecuteAsync(new TagNodeCommand(One, ["tag:a"]));
        var tagged = (await host.ExecuteAsync(new MoveNodeCommand(One, Other))).Error!;
        Assert.Equal(CoreErrorKind.Refused, tagged.Kind);
        Assert.Contains("meshctl nodes tag -i 1 --tags \"\" --user NAME", tagged.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Move_NodeOfAKey_StaysWithItsNewOwnerWhenItRestartsWithTheKey(bool reusable)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(reusable: reusable);
        var node = await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.ExecuteAsync(new MoveNodeCommand(node.Id, Other), Cancel);

        var again = await bench.JoinAsync(7, 70, key);

        Assert.Equal((node.Id, Other), (again.Id, again.Owner!.Value));
        Assert.Equal(again, bench.OnlyNode);
    }

    [Fact]
    public async Task Move_ThenLogin_IsTheSameNodeForTheNewOwnerAndAnotherForTheOldOne()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync());
        await bench.Tailnet.ExecuteAsync(new MoveNodeCommand(node.Id, Other), Cancel);

        Assert.Equal(node.Id, (await bench.LogInAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) }, RegistrationBench.Berta)).Id);
        Assert.NotEqual(node.Id, (await bench.LogInAsync(7, Make.Register(72) with { OldNodeKey = Make.NodeKey(71) })).Id);
    }

    [Theory]
    [InlineData(new[] { "tag:a" }, null)]
    [InlineData(null, new[] { "tag:a", "tag:z" })]
    public async Task Untag_WithAnOwner_IsThatUsersAndItsExpiryStays(string[]? only, string[]? remove)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        await host.ExecuteAsync(new TagNodeCommand(One, ["tag:a"]));
        var expiry = (await host.ExecuteAsync(new ExpireNodeCommand(One) { Lifetime = TimeSpan.FromHours(1) })).Value.Node.Expiry;
        var self = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(2), 130, Cancel))!;
        self.First();
        peer.First();

        var untag = new TagNodeCommand(One, only is null ? null : []) { Remove = remove ?? [], Owner = Other };
        var node = (await host.ExecuteAsync(untag)).Value.Node;

        Assert.Equal((Other, expiry), (node.Owner!.Value, node.Expiry));
        Assert.Empty(node.Tags);
        var (toSelf, toPeer) = (self.Next()!, peer.Next()!);
        foreach (var (told, shown) in new[] { (toSelf, toSelf.Node!), (toPeer, Assert.Single(toPeer.PeersChanged!)) })
        {
            Assert.Equal((2, null), (shown.User, shown.Tags));
            Assert.Contains(told.UserProfiles!, profile => profile.LoginName == "user2");
        }
    }

    [Fact]
    public async Task Untag_NodeOfATaggedKey_StaysWithItsUserWhenItRestartsWithTheKey()
    {
        await using var bench = await RegistrationBench.StartAsync();
        var key = await bench.KeyAsync(tags: ["tag:a"], reusable: true);
        var node = await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.ExecuteAsync(new TagNodeCommand(node.Id, []) { Owner = Other }, Cancel);

        var again = await bench.JoinAsync(7, 70, key);

        Assert.Equal((node.Id, Other), (again.Id, again.Owner!.Value));
        Assert.Empty(again.Tags);
    }

    [Fact]
    public async Task Tag_AddAndRemove_ChangeWhatTheNodeHas()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Equal(["tag:a", "tag:b"], await TagsAsync(new(One, null) { Add = ["tag:b", "tag:a"] }));
        Assert.Equal(["tag:b", "tag:c"], await TagsAsync(new(One, null) { Add = ["tag:c"], Remove = ["tag:a"] }));
        Assert.Equal(["tag:b", "tag:c"], await TagsAsync(new(One, null) { Add = ["tag:b"], Remove = ["tag:z"] }));
        Assert.Equal(2, host.Store.Batches.Count);

        async Task<IEnumerable<string>> TagsAsync(TagNodeCommand command) => (await host.ExecuteAsync(command)).Value.Node.Tags;
    }

    [Fact]
    [Trait("Acceptance", "TestCannotRemoveAllTags")]
    [Trait("Acceptance", "TestTagsAdminAPICannotRemoveAllTags")]
    public async Task Tag_OwnerWhereNoneBelongsOrNoneWhereOneIsNeeded_IsRefused()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));

        Assert.Contains("belongs to no user", await RefusalAsync(new(One, ["tag:a"]) { Owner = Other }), StringComparison.Ordinal);
        Assert.Contains("meshctl nodes move -i 1", await RefusalAsync(new(One, []) { Owner = Other }), StringComparison.Ordinal);
        Assert.Null((await host.ExecuteAsync(new TagNodeCommand(One, []))).Error);
        Assert.Empty(host.Store.Batches);

        await host.ExecuteAsync(new TagNodeCommand(One, ["tag:a"]));
        Assert.Contains("cannot remove all tags from a node without saying whose it is", await RefusalAsync(new(One, [])), StringComparison.Ordinal);
        Assert.Contains("no user with id 9", await RefusalAsync(new(One, []) { Owner = new UserId(9) }), StringComparison.Ordinal);

        async Task<string> RefusalAsync(TagNodeCommand command) => (await host.ExecuteAsync(command)).Error!.Message;
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAdminAPICannotSetNonExistentTag")]
    [Trait("Acceptance", "TestTagsAdminAPICanSetUnownedTag")]
    public async Task Tag_WithAPolicy_TheTagMustBeInItWhoeverOwnsIt()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        await host.Tailnet.Policies.SetAsync("""{ "tagOwners": { "tag:a": ["user2@"], "tag:b": [] } }""", "test", Cancel);

        var refused = (await host.ExecuteAsync(new TagNodeCommand(One, ["tag:a", "tag:z"]))).Error!;
        Assert.Equal((CoreErrorKind.Invalid, "The policy knows no tag:z: it stands in none of its tagOwners."), (refused.Kind, refused.Message));
        Assert.Null((await host.ExecuteAsync(new TagNodeCommand(One, ["tag:a", "tag:b"]))).Error);

        // A tag that the policy forgot meanwhile is no obstacle to others.
        await host.Tailnet.Policies.SetAsync("""{ "tagOwners": { "tag:a": [], "tag:c": [] } }""", "test", Cancel);
        Assert.Null((await host.ExecuteAsync(new TagNodeCommand(One, null) { Add = ["tag:c"] })).Error);
    }
}
