using MeshControl.Core.ApiKeys;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.ApiKeys;

/// <summary>Making, expiring and removing API keys, and whom they let in.</summary>
public sealed class ApiKeyTests
{
    [Fact]
    public async Task Create_TextIsShownOnceAndOnlyItsHashIsKept()
    {
        await using var host = new TailnetHost();

        var made = (await host.ExecuteAsync(new CreateApiKeyCommand())).Value;

        Assert.Matches($"^{ApiKeyText.Scheme}[0-9a-f]{{12}}-[0-9a-f]{{64}}$", made.Text);
        Assert.Equal(ApiKeyText.Length, made.Text.Length);
        Assert.Equal((SecretHash.Of(made.Text), host.Time.GetUtcNow().AddDays(90)), (made.Key.Hash, made.Key.Expiry));
        Assert.Equal(made.Key.Prefix, ApiKeyText.PrefixOf(made.Text));
        Assert.DoesNotContain(made.Text, made.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(made.Text, made.Key.ToString(), StringComparison.Ordinal);
        Assert.Equal(made.Key, Assert.Single(host.Store.Rows.ApiKeys).Value);
        Assert.Equal((ChangeKind.ApiKey, 1), (host.Store.Batches[^1].Changes[0].Kind, host.Store.Batches[^1].Changes[0].Ids[0]));
    }

    [Fact]
    public async Task Create_LifetimeAtAndBeyondTheLimits_IsTakenOrRefused()
    {
        await using var host = new TailnetHost();

        Assert.Null((await host.ExecuteAsync(new CreateApiKeyCommand { Lifetime = CreateApiKeyCommand.MaxLifetime })).Error);
        foreach (var wrong in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-1), CreateApiKeyCommand.MaxLifetime + TimeSpan.FromTicks(1) })
        {
            var result = await host.ExecuteAsync(new CreateApiKeyCommand { Lifetime = wrong });
            Assert.Equal(CoreErrorKind.Invalid, result.Error!.Kind);
        }

        Assert.Single(host.Snapshot.ApiKeys);
    }

    [Fact]
    public async Task Create_LifetimeWithTicks_ExpiryIsInWholeMicroseconds()
    {
        await using var host = new TailnetHost();
        var lifetime = TimeSpan.FromHours(1) + TimeSpan.FromTicks(19);

        var key = (await host.ExecuteAsync(new CreateApiKeyCommand { Lifetime = lifetime })).Value.Key;

        Assert.Equal(host.Time.GetUtcNow().AddHours(1).AddMicroseconds(1), key.Expiry);
    }

    [Fact]
    public async Task Create_OneBeyondTheLimit_IsRefused()
    {
        await using var host = new TailnetHost(new StoredTailnet(new TailnetId(1), "default", 0)
        {
            ApiKeys = [.. Enumerable.Range(1, CreateApiKeyCommand.MaxKeys - 1).Select(Key)],
        });

        Assert.Null((await host.ExecuteAsync(new CreateApiKeyCommand())).Error);
        var refused = await host.ExecuteAsync(new CreateApiKeyCommand());

        Assert.Equal(CoreErrorKind.Exhausted, refused.Error!.Kind);
        Assert.Equal(CreateApiKeyCommand.MaxKeys, host.Snapshot.ApiKeys.Count);
    }

    [Fact]
    public async Task Admits_TheWholeKeyAlone()
    {
        await using var host = new TailnetHost();
        var made = (await host.ExecuteAsync(new CreateApiKeyCommand { Lifetime = TimeSpan.FromHours(1) })).Value;
        var other = (await host.ExecuteAsync(new CreateApiKeyCommand())).Value;
        var now = host.Time.GetUtcNow();

        Assert.True(ApiKeyLookup.Admits(host.Snapshot, made.Text, now));
        Assert.True(ApiKeyLookup.Admits(host.Snapshot, made.Text, made.Key.Expiry.AddTicks(-1)));
        Assert.False(ApiKeyLookup.Admits(host.Snapshot, made.Text, made.Key.Expiry));
        var wrong = new[]
        {
            "", made.Key.Prefix, ApiKeyText.Scheme + made.Key.Prefix, made.Text[..^1], made.Text + "0", made.Text.ToUpperInvariant(),
            made.Text[..^1] + (made.Text[^1] == '0' ? '1' : '0'),
            made.Text.Replace(ApiKeyText.Scheme, "mckey-xpi-", StringComparison.Ordinal),
            made.Text[..23] + other.Text[23..],
            new string('x', ApiKeyText.Length),
        };
        Assert.All(wrong, text => Assert.False(ApiKeyLookup.Admits(host.Snapshot, text, now), text));
    }

    [Fact]
    public async Task Expire_ByIdOrPrefix_RefusesTheKeyFromThenOn()
    {
        await using var host = new TailnetHost();
        var one = (await host.ExecuteAsync(new CreateApiKeyCommand())).Value;
        var two = (await host.ExecuteAsync(new CreateApiKeyCommand())).Value;
        host.Time.Advance(TimeSpan.FromHours(1));
        var now = host.Time.GetUtcNow();

        var first = (await host.ExecuteAsync(new ExpireApiKeyCommand(ApiKeySelector.ById(1)))).Value;
        var second = (await host.ExecuteAsync(new ExpireApiKeyCommand(ApiKeySelector.ByPrefix($"{ApiKeyText.Scheme}{two.Key.Prefix}…")))).Value;

        Assert.Equal((one.Key with { Expiry = now }, two.Key with { Expiry = now }), (first, second));
        Assert.False(ApiKeyLookup.Admits(host.Snapshot, one.Text, now));
        Assert.False(ApiKeyLookup.Admits(host.Snapshot, two.Text, now));
        Assert.Equal([now, now], host.Store.Rows.ApiKeys.Values.Select(key => key.Expiry));
    }

    [Fact]
    public async Task Expire_ExpiredKey_KeepsItsTime()
    {
        await using var host = new TailnetHost();
        var made = (await host.ExecuteAsync(new CreateApiKeyCommand { Lifetime = TimeSpan.FromMinutes(1) })).Value;
        host.Time.Advance(TimeSpan.FromHours(1));

        var expired = (await host.ExecuteAsync(new ExpireApiKeyCommand(ApiKeySelector.ById(1)))).Value;

        Assert.Equal(made.Key, expired);
        Assert.Single(host.Store.Batches);
    }

    [Fact]
    public async Task Delete_TakesTheKeyAway()
    {
        await using var host = new TailnetHost();
        var made = (await host.ExecuteAsync(new CreateApiKeyCommand())).Value;

        Assert.Null((await host.ExecuteAsync(new DeleteApiKeyCommand(ApiKeySelector.ByPrefix(made.Key.Prefix.ToUpperInvariant())))).Error);

        Assert.Empty(host.Snapshot.ApiKeys);
        Assert.Empty(host.Snapshot.ApiKeysByPrefix);
        Assert.Empty(host.Store.Rows.ApiKeys);
        Assert.False(ApiKeyLookup.Admits(host.Snapshot, made.Text, host.Time.GetUtcNow()));
    }

    [Fact]
    public async Task ExpireAndDelete_UnknownKey_IsNotFound()
    {
        await using var host = new TailnetHost();
        await host.ExecuteAsync(new CreateApiKeyCommand());

        foreach (var selector in new[] { ApiKeySelector.ById(2), ApiKeySelector.ById(0), ApiKeySelector.ByPrefix(""), ApiKeySelector.ByPrefix("abc") })
        {
            Assert.Equal(CoreErrorKind.NotFound, (await host.ExecuteAsync(new ExpireApiKeyCommand(selector))).Error!.Kind);
            Assert.Equal(CoreErrorKind.NotFound, (await host.ExecuteAsync(new DeleteApiKeyCommand(selector))).Error!.Kind);
        }
    }

    [Fact]
    public async Task Commit_FencedOrInDoubt_KeysAreThoseOfTheDatabase()
    {
        await using var host = new TailnetHost();
        var first = (await host.ExecuteAsync(new CreateApiKeyCommand())).Value;
        host.Store.FailNextCommit(CommitOutcome.Unknown, written: true);
        var inDoubt = (await host.ExecuteAsync(new CreateApiKeyCommand())).Value;
        var theirs = Key(77);
        host.Store.WriteAsAnotherServer(rows => rows with { ApiKeys = new Dictionary<ApiKeyId, ApiKey> { [theirs.Id] = theirs } });

        var fenced = await host.ExecuteAsync(new CreateApiKeyCommand());

        Assert.Equal(CoreErrorKind.Unavailable, fenced.Error!.Kind);
        Assert.NotEqual(first.Key.Id, inDoubt.Key.Id);
        Assert.Equal(theirs, Assert.Single(host.Snapshot.ApiKeys).Value);
        Assert.Equal(theirs.Prefix, Assert.Single(host.Snapshot.ApiKeysByPrefix).Key);
    }

    private static ApiKey Key(int id) => new()
    {
        Id = new ApiKeyId(id),
        Prefix = $"{id:x12}",
        Hash = SecretHash.Of($"secret {id}"),
        CreatedAt = Make.Created,
        Expiry = Make.Created.AddYears(1),
    };
}
