using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Registration;

/// <summary>Tags by owners, by keys and by administrators, and who has the last word.</summary>
public sealed class TagTests
{
    private const string Policy = """{ "tagOwners": { "tag:owned": ["anna@"], "tag:second": ["anna@"], "tag:unowned": ["berta@"] } }""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestTagsUserLoginOwnedTagAtRegistration")]
    [Trait("Acceptance", "TestTagsUserLoginAddTagViaCLIReauth")]
    [Trait("Acceptance", "TestTagsUserLoginRemoveTagViaCLIReauth")]
    [Trait("Acceptance", "TestTagsUserLoginReauthWithEmptyTagsRemovesAllTags")]
    public async Task LogIn_AgainWithMoreFewerAndNoTags_IsTheSameNodeWithThose()
    {
        await using var bench = await StartAsync();
        var node = await bench.LogInAsync(7, Asking(70, "tag:owned"));

        Assert.Equal(["tag:owned", "tag:second"], await AgainAsync(71, "tag:owned", "tag:second"));
        Assert.Equal(["tag:second"], await AgainAsync(72, "tag:second"));
        Assert.Empty(await AgainAsync(73));
        Assert.Equal((node.Id, RegistrationBench.Anna), (bench.OnlyNode.Id, bench.Snapshot.OwnerOf(bench.OnlyNode)!.Name));

        async Task<IEnumerable<string>> AgainAsync(int nodeKey, params string[] tags) =>
            (await bench.LogInAsync(7, Asking(nodeKey, tags) with { OldNodeKey = Make.NodeKey(nodeKey - 1) })).Tags;
    }

    [Theory]
    [Trait("Acceptance", "TestTagsUserLoginNonExistentTagAtRegistration")]
    [Trait("Acceptance", "TestTagsUserLoginUnownedTagAtRegistration")]
    [InlineData("tag:nonexistent")]
    [InlineData("tag:unowned")]
    public async Task LogIn_TagThatTheUserMayNotGive_NobodyJoins(string tag)
    {
        await using var bench = await StartAsync();

        var refused = (await bench.ApproveAsync(await bench.AskAsync(7, Asking(70, "tag:owned", tag)))).Error!;

        Assert.StartsWith($"requested tags [{tag}] are invalid or not permitted", refused.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Nodes);
    }

    [Theory]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagRequestDifferentTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagRequestNonExistentTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagRequestUnownedTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCannotRequestTags")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagRequestNonExistentTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagRequestUnownedTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutUserRejectsAdvertisedTags")]
    [InlineData("user")]
    [InlineData("tagged")]
    [InlineData("tagged, nobody's")]
    public async Task Key_TagsBeyondIt_AreRefusedWhetherTheyExistOrNot(string kind)
    {
        await using var bench = await StartAsync();
        var key = await bench.KeyAsync(kind.EndsWith("nobody's", StringComparison.Ordinal) ? null : RegistrationBench.Anna, kind == "user" ? [] : ["tag:owned"]);

        foreach (var tag in new[] { "tag:second", "tag:nonexistent", "tag:unowned" })
        {
            await bench.RefusedAsync(
                $"requested tags [{tag}] are invalid or not permitted", bench.RegisterAsync(7, Asking(70, tag) with { Auth = new() { AuthKey = key } }), 2);
        }

        Assert.Empty(bench.Nodes);
    }

    [Theory]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagCannotAddViaCLI")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagCannotChangeViaCLI")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCannotAddViaCLI")]
    [InlineData(false, "tag:owned", "tag:second")]
    [InlineData(false, "tag:second")]
    [InlineData(true, "tag:second")]
    public async Task Key_AskedForOtherTagsLater_IsRefusedOrChangesNothing(bool ofUser, params string[] asked)
    {
        await using var bench = await StartAsync();
        var key = await bench.KeyAsync(tags: ofUser ? [] : ["tag:owned"], reusable: true);
        var node = await bench.JoinAsync(7, 70, key);

        // As it is: what the client says of itself gives it nothing.
        Assert.Equal(node, await bench.JoinAsync(7, Asking(70, asked) with { Auth = new() { AuthKey = key } }));
        await bench.Tailnet.ExecuteAsync(new UpdateNodeCommand(node.Id, new MapRequest { Hostinfo = Asking(70, asked).Hostinfo }), Cancel);
        Assert.Equal(node.Tags, bench.OnlyNode.Tags);

        // By another login with the same key.
        await bench.RefusedAsync(
            "requested tags [tag:second] are invalid or not permitted",
            bench.RegisterAsync(7, Asking(71, asked) with { Auth = new() { AuthKey = key }, OldNodeKey = Make.NodeKey(70) }),
            bench.Store.Batches.Count);
        Assert.Equal(node.Tags, bench.OnlyNode.Tags);
    }

    [Theory]
    [Trait("Acceptance", "TestTagsUserLoginCLINoOpAfterAdminAssignment")]
    [Trait("Acceptance", "TestTagsUserLoginCLICannotRemoveAdminTags")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagCLICannotModifyAdminTags")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCLINoOpAfterAdminWithReset")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCLINoOpAfterAdminWithEmptyAdvertise")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCLICannotReduceAdminMultiTag")]
    [InlineData("login")]
    [InlineData("key")]
    [InlineData("tagged key")]
    public async Task Administrator_TagsANode_ClientTakesNoneAwayAndAddsNone(string way)
    {
        await using var bench = await StartAsync();
        var key = way == "login" ? null : await bench.KeyAsync(tags: way == "key" ? [] : ["tag:owned"]);
        var node = key is null ? await bench.LogInAsync(7, Asking(70, "tag:owned")) : await bench.JoinAsync(7, 70, key);
        await bench.Tailnet.ExecuteAsync(new TagNodeCommand(node.Id, ["tag:unowned", "tag:second"]), Cancel);

        foreach (string[] asked in (string[][])[["tag:owned"], ["tag:second"], []])
        {
            var request = Asking(70, asked) with { Auth = key is null ? null : new RegisterAuth { AuthKey = key } };
            Assert.Equal(["tag:second", "tag:unowned"], (await bench.JoinAsync(7, request)).Tags);
            await bench.Tailnet.ExecuteAsync(new UpdateNodeCommand(node.Id, new MapRequest { Hostinfo = request.Hostinfo }), Cancel);
            Assert.Equal(["tag:second", "tag:unowned"], bench.OnlyNode.Tags);
        }
    }

    [Theory]
    [Trait("Acceptance", "TestTagsAuthKeyConvertToUserViaCLIRegister")]
    [Trait("Acceptance", "TestExpiryDuringTaggedToPersonalConversion")]
    [Trait("Acceptance", "TestAuthKeyTaggedToUserOwnedViaReauth")]
    [Trait("Acceptance", "TestTaggedNodeWithoutUserToDifferentUser")]
    [InlineData(RegistrationBench.Anna)]
    [InlineData(RegistrationBench.Berta)]
    public async Task LogIn_NodeOfATaggedKey_IsThatUsersAndExpires(string user)
    {
        await using var bench = await StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync(user: null, tags: ["tag:owned"]));

        var own = await bench.LogInAsync(7, Make.Register(71) with { OldNodeKey = Make.NodeKey(70) }, user);

        Assert.Equal((node.Id, user, bench.Now.AddDays(90)), (own.Id, bench.Snapshot.OwnerOf(own)!.Name, own.Expiry));
        Assert.Empty(own.Tags);
    }

    [Fact]
    [Trait("Acceptance", "TestMultipleNodesWithSameReusableTaggedPreAuthKey")]
    [Trait("Acceptance", "TestNonReusableTaggedPreAuthKey")]
    [Trait("Acceptance", "TestExpiredTaggedPreAuthKey")]
    [Trait("Acceptance", "TestSingleVsMultipleTags")]
    public async Task TaggedKey_ReusableOneShotOrExpired_LetsInSoMany()
    {
        await using var bench = await StartAsync();
        var reusable = await bench.KeyAsync(tags: ["tag:second", "tag:owned"], reusable: true);
        var (once, shortLived) = (await bench.KeyAsync(tags: ["tag:owned"]), await bench.KeyAsync(tags: ["tag:owned"], lifetime: TimeSpan.FromHours(1)));

        Assert.Equal(["tag:owned", "tag:second"], (await bench.JoinAsync(7, 70, reusable)).Tags);
        Assert.Equal(["tag:owned", "tag:second"], (await bench.JoinAsync(8, 80, reusable)).Tags);
        Assert.Equal(["tag:owned"], (await bench.JoinAsync(9, 90, once)).Tags);
        await bench.RefusedAsync("authkey already used", bench.RegisterAsync(10, 100, once), bench.Store.Batches.Count);
        bench.Time.Advance(TimeSpan.FromHours(1));
        await bench.RefusedAsync("authkey expired", bench.RegisterAsync(10, 100, shortLived), bench.Store.Batches.Count);
    }

    [Theory]
    [Trait("Acceptance", "TestTaggedNodeRestartPreservesNilExpiry")]
    [Trait("Acceptance", "TestUntaggedNodeRestartPreservesNilExpiry")]
    [Trait("Acceptance", "TestReregistrationZeroExpiryStaysNil")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_NodeThatNeverExpires_StillNeverDoes(bool tagged)
    {
        await using var bench = await RegistrationBench.StartAsync();
        var node = await bench.JoinAsync(7, 70, await bench.KeyAsync(tags: tagged ? ["tag:owned"] : []));
        Assert.Null(node.Expiry);

        Assert.Equal(node, await bench.JoinAsync(7, Make.Register(70)));
    }

    [Fact]
    [Trait("Acceptance", "TestTagsIssue2978ReproTagReplacement")]
    public async Task Tag_OneAfterAnother_TheNodeItselfIsToldEachAtOnce()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(1));
        var self = (await host.Tailnet.Sessions.OpenAsync(host.Entry(1), 130, Cancel))!;
        self.First();

        foreach (string[] tags in (string[][])[["tag:owned"], ["tag:second"]])
        {
            await host.ExecuteAsync(new TagNodeCommand(new NodeId(1), tags));
            Assert.Equal(tags, self.Next()!.Node!.Tags!);
            await host.ExecuteAsync(new TagNodeCommand(new NodeId(1), tags));
            Assert.Null(self.Next());
        }
    }

    private static async Task<RegistrationBench> StartAsync()
    {
        var bench = await RegistrationBench.StartAsync(Make.Settings() with { NodeExpiry = TimeSpan.FromDays(90) });
        Assert.Null((await bench.Tailnet.Policies.SetAsync(Policy, "test", Cancel)).Error);
        return bench;
    }

    private static RegisterRequest Asking(int nodeKey, params string[] tags) =>
        Make.Register(nodeKey) with { Hostinfo = new Hostinfo { Hostname = "laptop", Os = "linux", RequestTags = [.. tags] } };
}
