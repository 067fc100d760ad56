using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Nodes;

/// <summary>The same done to many nodes, and which ones are meant.</summary>
public sealed class ChangeNodesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Change_SomeNodes_IsOneCommitAndOneMessageForEachPeer()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(4));
        var peer = (await host.Tailnet.Sessions.OpenAsync(host.Entry(4), 130, Cancel))!;
        peer.First();

        var changed = (await host.ExecuteAsync(new ChangeNodesCommand(Ids(3, 1, 3), id => new ExpireNodeCommand(id)))).Value;

        Assert.Equal([1, 3], changed.Select(entry => entry.Id.Value));
        Assert.Equal([true, false, true, false], Enumerable.Range(1, 4).Select(id => host.Entry(id).Node.IsExpired(host.Time.GetUtcNow())));
        Assert.Single(host.Store.Batches);
        Assert.Equal([1, 3], peer.Next()!.PeersChanged!.Select(node => node.Id).Order());
        Assert.Null(peer.Next());
    }

    [Fact]
    public async Task Change_OneRefuses_NothingIsChangedAndItIsSaidWhichOne()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(3));
        await host.ExecuteAsync(new TagNodeCommand(new NodeId(2), ["tag:a"]));
        var before = host.Snapshot.Nodes;

        var refused = (await host.ExecuteAsync(new ChangeNodesCommand(Ids(1, 2, 3), id => new MoveNodeCommand(id, new UserId(2))))).Error!;

        Assert.Equal(CoreErrorKind.Refused, refused.Kind);
        Assert.StartsWith("Nothing was changed, because of node 2 (node2): The node belongs to its tags", refused.Message, StringComparison.Ordinal);
        Assert.Same(before, host.Snapshot.Nodes);
    }

    [Fact]
    public async Task Change_ANodeThatIsNotThere_IsRefusedUnlessItWasFoundBySomethingElse()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));

        var refused = (await host.ExecuteAsync(new ChangeNodesCommand(Ids(1, 9), id => new DeleteNodeCommand(id)))).Error!;
        Assert.Equal(CoreErrorKind.NotFound, refused.Kind);
        Assert.Equal(2, host.Snapshot.Nodes.Count);

        // Somebody looked at nodes 1 and 9, and node 9 went while they thought.
        var found = Ids(1, 9) with { Owner = new UserId(1) };
        Assert.Single((await host.ExecuteAsync(new ChangeNodesCommand(found, id => new DeleteNodeCommand(id)))).Value);
        Assert.Equal([2], host.Snapshot.Nodes.Select(entry => entry.Id.Value));
    }

    [Fact]
    public async Task Delete_NodeThatCameBackMeanwhile_IsLeftAlone()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        await host.EditAsync(draft => draft.Update(host.Entry(2), presence: new NodePresence { Online = true, LastSeen = draft.Now }));
        var shown = Ids(1, 2) with { OfflineFor = TimeSpan.FromDays(1) };

        var changed = (await host.ExecuteAsync(new ChangeNodesCommand(shown, id => new DeleteNodeCommand(id)))).Value;

        Assert.Equal(1, Assert.Single(changed).Id.Value);
        Assert.Equal(2, Assert.Single(host.Snapshot.Nodes).Id.Value);
    }

    [Fact]
    public async Task Choose_ByEachCondition_IsWhoItAppliesTo()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(5));
        var now = host.Time.GetUtcNow();
        await host.EditAsync(draft =>
        {
            draft.Update(host.Entry(1), host.Entry(1).Node with { Owner = new UserId(2), GivenName = "build-1" });
            draft.Update(host.Entry(2), host.Entry(2).Node with { Owner = null, Tags = ["tag:a", "tag:b"], GivenName = "build-22" });
            draft.Update(host.Entry(3), host.Entry(3).Node with { Expiry = now }, new NodePresence { LastSeen = now.AddDays(-2) });
            draft.Update(host.Entry(4), host.Entry(4).Node with { CreatedAt = now.AddHours(-1) });
            draft.Update(host.Entry(5), presence: new NodePresence { Online = true, LastSeen = now.AddDays(-9) });
        });

        Assert.Equal([1, 2, 3, 4, 5], Chosen(new()));
        Assert.Equal([1], Chosen(new() { Owner = new UserId(2) }));
        Assert.Equal([2], Chosen(new() { Tag = "tag:b" }));
        Assert.Equal([1, 2], Chosen(new() { NamePattern = "Build-*" }));
        Assert.Equal([1], Chosen(new() { NamePattern = "build-?" }));
        Assert.Equal([3], Chosen(new() { Expired = true }));
        Assert.Equal([1, 2, 3], Chosen(new() { OfflineFor = TimeSpan.FromDays(2) }));
        Assert.Equal([1, 2], Chosen(new() { OfflineFor = TimeSpan.FromDays(2) + TimeSpan.FromMicroseconds(1) }));
        Assert.Equal([1, 2, 3, 4], Chosen(new() { OfflineFor = TimeSpan.FromHours(1) }));
        Assert.Equal([1], Chosen(new() { NamePattern = "build-*", Owner = new UserId(2) }));
        Assert.Equal([2], Chosen(Ids(5, 2) with { NamePattern = "build*" }));

        long[] Chosen(NodeSelection selection) => [.. selection.Choose(host.Snapshot, now).Value.Select(entry => entry.Id.Value)];
    }

    [Theory]
    [InlineData("web", "", 0, "\"web\" is not a tag")]
    [InlineData("", "0123456789012345678901234567890123456789012345678901234567890123", 0, "at most 63 characters")]
    [InlineData("", "", -1, "negative time")]
    public async Task Choose_WrongWishes_AreRefused(string tag, string pattern, int seconds, string message)
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        var selection = new NodeSelection { Tag = tag, NamePattern = pattern, OfflineFor = TimeSpan.FromSeconds(seconds) };

        var refused = selection.Choose(host.Snapshot, host.Time.GetUtcNow()).Error!;

        Assert.Equal(CoreErrorKind.Invalid, refused.Kind);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Null((selection with { Tag = "tag:a", NamePattern = new string('a', 63), OfflineFor = default(TimeSpan) }).Choose(host.Snapshot, default).Error);
    }

    private static NodeSelection Ids(params int[] ids) => new() { Ids = [.. ids.Select(id => new NodeId(id))] };
}
