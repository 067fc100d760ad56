using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Servers;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests;

/// <summary>
/// Tags that clients ask for, that keys give and that administrators decide: what the server lists, what clients know of themselves, and
/// what people read. One way of coming in each; the clients of all versions go through it beside each other.
/// </summary>
public sealed class TagTests
{
    /// <summary>The first user of a network is its owner and may give any tag; this one is a member.</summary>
    private const string Member = "bob";

    private const string Policy =
        """
        {
          "tagOwners": {"tag:owned": ["bob@"], "tag:second": ["bob@"], "tag:unowned": ["alice@"]},
          "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],
        }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestTagsUserLoginOwnedTagAtRegistration")]
    [Trait("Acceptance", "TestTagsUserLoginNonExistentTagAtRegistration")]
    [Trait("Acceptance", "TestTagsUserLoginUnownedTagAtRegistration")]
    [Trait("Acceptance", "TestTagsUserLoginAddTagViaCLIReauth")]
    [Trait("Acceptance", "TestTagsUserLoginRemoveTagViaCLIReauth")]
    [Trait("Acceptance", "TestTagsUserLoginCLINoOpAfterAdminAssignment")]
    [Trait("Acceptance", "TestTagsUserLoginCLICannotRemoveAdminTags")]
    [Trait("Acceptance", "TestTagsUserLoginReauthWithEmptyTagsRemovesAllTags")]
    public async Task LogIn_TagsAreThoseOfTheLastLoginOrOfTheAdministrator()
    {
        await using var network = await StartAsync();
        await EachAsync(network, async client =>
        {
            // Who may not have the tags waits until a later login lets them in.
            Task[] waiting =
            [
                await RefusedLoginAsync(network, client, "tag:nonexistent"),
                await RefusedLoginAsync(network, client, "tag:unowned"),
            ];
            Assert.DoesNotContain(await network.Meshctl.ListNodesAsync(Token), row => row.Hostname == client.Name);
            await LogInAsync(network, client, "tag:owned");
            await Task.WhenAll(waiting);
            await HasAsync(network, client, "tag:owned");
            var id = (await network.RowAsync(client)).Id;

            await LogInAsync(network, client, "tag:owned,tag:second", "--force-reauth");
            await HasAsync(network, client, "tag:owned", "tag:second");
            await LogInAsync(network, client, "tag:second", "--force-reauth");
            await HasAsync(network, client, "tag:second");

            await network.Meshctl.TagNodeAsync(id, "tag:unowned", Token);
            await HasAsync(network, client, "tag:unowned");
            await StaysAsync(network, client, "--advertise-tags=tag:owned");
            await network.Meshctl.TagNodeAsync(id, "tag:second,tag:unowned", Token);
            await HasAsync(network, client, "tag:second", "tag:unowned");
            await StaysAsync(network, client, "--advertise-tags=tag:second");

            await LogInAsync(network, client, "", "--force-reauth");
            await HasAsync(network, client);
            Assert.Equal(id, (await network.RowAsync(client)).Id);
        });
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagRequestDifferentTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagNoAdvertiseFlag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagCannotAddViaCLI")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagCannotChangeViaCLI")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagAdminOverrideReauthPreserves")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagCLICannotModifyAdminTags")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagRequestNonExistentTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithTagRequestUnownedTag")]
    public async Task TaggedKey_GivesItsTagsOnceAndNoOthers()
    {
        await using var network = await StartAsync();
        var key = await network.Meshctl.CreateKeyAsync(Member, Token, "--tags", "tag:owned");
        await EachAsync(network, async client =>
        {
            await RefusedAsync(network, client, key, "tag:second");
            await RefusedAsync(network, client, key, "tag:nonexistent");
            await RefusedAsync(network, client, key, "tag:unowned");
            Assert.DoesNotContain(await network.Meshctl.ListNodesAsync(Token), row => row.Hostname == client.Name);
            await UpAsync(network, client, key);
            await HasAsync(network, client, "tag:owned");

            await StaysAsync(network, client, "--advertise-tags=tag:owned,tag:second");
            await StaysAsync(network, client, "--advertise-tags=tag:second");
            await RefusedAsync(network, client, key, "tag:second", "--force-reauth");
            Assert.Equal(["tag:owned"], (await network.RowAsync(client)).Tags);
            await UpAsync(network, client, key);

            await network.Meshctl.TagNodeAsync((await network.RowAsync(client)).Id, "tag:second,tag:unowned", Token);
            await HasAsync(network, client, "tag:second", "tag:unowned");
            await StaysAsync(network, client, "--advertise-tags=tag:second");
            await UpAsync(network, client, key, "--force-reauth");
            await HasAsync(network, client, "tag:second", "tag:unowned");
        });
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCannotRequestTags")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagRegisterNoTags")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCannotAddViaCLI")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCLINoOpAfterAdminWithReset")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCLINoOpAfterAdminWithEmptyAdvertise")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagCLICannotReduceAdminMultiTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagRequestNonExistentTag")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutTagRequestUnownedTag")]
    public async Task UsersKey_GivesNoTagsAndAdministratorsStay()
    {
        await using var network = await StartAsync();
        var key = await network.Meshctl.CreateKeyAsync(Member, Token);
        await EachAsync(network, async client =>
        {
            // Not those of the key's user either: a key alone proves no login.
            await RefusedAsync(network, client, key, "tag:owned");
            await RefusedAsync(network, client, key, "tag:nonexistent");
            await RefusedAsync(network, client, key, "tag:unowned");
            Assert.DoesNotContain(await network.Meshctl.ListNodesAsync(Token), row => row.Hostname == client.Name);
            await UpAsync(network, client, key);
            await HasAsync(network, client);

            await StaysAsync(network, client, "--advertise-tags=tag:owned");
            await RefusedAsync(network, client, key, "tag:owned", "--force-reauth");
            Assert.Empty((await network.RowAsync(client)).Tags);
            await UpAsync(network, client, key);

            await network.Meshctl.TagNodeAsync((await network.RowAsync(client)).Id, "tag:second,tag:unowned", Token);
            await HasAsync(network, client, "tag:second", "tag:unowned");
            await StaysAsync(network, client, "--advertise-tags=tag:second");
            await StaysAsync(network, client, "--advertise-tags=");
            await StaysAsync(network, client);
        });
    }

    [Fact]
    [Trait("Acceptance", "TestTagsAdminAPICannotSetNonExistentTag")]
    [Trait("Acceptance", "TestTagsAdminAPICanSetUnownedTag")]
    [Trait("Acceptance", "TestTagsAdminAPICannotRemoveAllTags")]
    [Trait("Acceptance", "TestTagsAdminAPICannotSetInvalidFormat")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutUserInheritsTags")]
    [Trait("Acceptance", "TestTagsAuthKeyWithoutUserRejectsAdvertisedTags")]
    [Trait("Acceptance", "TestTagsAuthKeyConvertToUserViaCLIRegister")]
    [Trait("Acceptance", "TestTagsIssue2978ReproTagReplacement")]
    public async Task NobodysKey_GivesItsTagsWhichAnAdministratorChangesUntilSomebodyLogsIn()
    {
        await using var network = await StartAsync();
        var key = await network.Meshctl.CreateKeyAsync(user: null, Token, "--tags", "tag:owned");
        await EachAsync(network, async client =>
        {
            await RefusedAsync(network, client, key, "tag:second");
            await UpAsync(network, client, key);
            await HasAsync(network, client, "tag:owned");
            var id = (await network.RowAsync(client)).Id;

            foreach (var (tags, error) in new[]
            {
                ("tag:nonexistent", "The policy knows no tag:nonexistent"),
                ("second", "write tag:name"),
                ("", "cannot remove all tags"),
            })
            {
                var refused = await Assert.ThrowsAsync<CommandFailedException>(() => network.Meshctl.TagNodeAsync(id, tags, Token));
                Assert.Contains(error, refused.Message, StringComparison.Ordinal);
                await HasAsync(network, client, "tag:owned");
            }

            foreach (var tag in new[] { "tag:unowned", "tag:second", "tag:second" })
            {
                await network.Meshctl.TagNodeAsync(id, tag, Token);
                await HasAsync(network, client, tag);
            }

            await LogInAsync(network, client, "", "--force-reauth");
            await HasAsync(network, client);
            Assert.Equal(id, (await network.RowAsync(client)).Id);
        });
    }

    private static async Task<MeshNetwork> StartAsync()
    {
        var network = await MeshNetwork.StartAsync(new NetworkPlan { Policy = Policy }, ClientPrograms.SupportedVersions);
        await network.Meshctl.CreateUserAsync(Member, Token);
        return network;
    }

    private static Task EachAsync(MeshNetwork network, Func<RealClient, Task> walk) => Task.WhenAll(network.Clients.Select(walk));

    /// <summary>A client that was refused goes on asking, and may still tell of it when it is to ask for something else.</summary>
    private static Task UpAsync(MeshNetwork network, RealClient client, string key, params string[] options) => Eventually.HoldsAsync(
        $"{client.Name} to be let in", async token => (await client.UpAsync(network.Url, key, token, options)).Succeeded);

    /// <inheritdoc cref="UpAsync"/>
    private static async Task RefusedAsync(MeshNetwork network, RealClient client, string key, string tag, params string[] options)
    {
        var refused = await Eventually.GetAsync(
            $"{client.Name} to say that it may not have {tag}",
            token => client.UpAsync(network.Url, key, token, [$"--advertise-tags={tag}", .. options]),
            result => result.Text.Contains(Refusal(tag), StringComparison.Ordinal));
        Assert.False(refused.Succeeded);
    }

    private static async Task LogInAsync(MeshNetwork network, RealClient client, string tags, params string[] options)
    {
        var waiting = client.LogInAsync(network.Url, Token, [$"--advertise-tags={tags}", .. options]);
        await network.ApproveLoginAsync(await AskedAsync(network, client, tags), Member);
        (await waiting).OrThrow();
    }

    /// <summary>The administrator reads why.</summary>
    /// <returns>That the client is let in after all.</returns>
    private static async Task<Task> RefusedLoginAsync(MeshNetwork network, RealClient client, string tag)
    {
        var waiting = WaitAsync();
        var authId = await AskedAsync(network, client, tag);
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => network.ApproveLoginAsync(authId, Member));
        Assert.Contains($"{Refusal(tag)}: {Member} does not own them", refused.Message, StringComparison.Ordinal);
        return waiting;

        async Task WaitAsync() => (await client.LogInAsync(network.Url, Token, $"--advertise-tags={tag}")).OrThrow();
    }

    /// <returns>The id of the client's login that asks for those tags.</returns>
    private static async Task<string> AskedAsync(MeshNetwork network, RealClient client, string tags)
    {
        var logins = await Eventually.GetAsync(
            $"{client.Name} to ask for a login with the tags [{tags}]", network.Meshctl.ListLoginsAsync, logins => logins.Any(IsIt));
        return logins.Single(IsIt).AuthId;

        bool IsIt(LoginRow login) => login.Hostname == client.Name && string.Join(',', login.Tags) == tags;
    }

    /// <summary>The client asks for other tags while it is connected, which is no login.</summary>
    private static async Task StaysAsync(MeshNetwork network, RealClient client, params string[] options)
    {
        var before = await network.RowAsync(client);
        (await client.LogInAsync(network.Url, Token, options)).OrThrow();
        await HasAsync(network, client, [.. before.Tags]);
        var after = await network.RowAsync(client);
        Assert.Equal((before.Id, before.NodeKey), (after.Id, after.NodeKey));
    }

    /// <summary>The server lists these tags, and the client knows of them; without any the node is the member's.</summary>
    private static async Task HasAsync(MeshNetwork network, RealClient client, params string[] tags)
    {
        var row = await network.RowAsync(client);
        Assert.Equal(tags, row.Tags);
        Assert.Equal(tags.Length == 0 ? Member : null, row.User?.Name);
        var what = $"{client.Name} to know that its tags are [{string.Join(' ', tags)}]";
        await Eventually.GetAsync(what, client.StatusAsync, status => status.IsRunning && status.Self!.Tags.SequenceEqual(tags));
        await Eventually.GetAsync(what, client.NetmapAsync, nodes => nodes[0].Tags.SequenceEqual(tags));
    }

    private static string Refusal(string tag) => $"requested tags [{tag}] are invalid or not permitted";
}
