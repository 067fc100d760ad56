using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Tests.Support;

namespace MeshControl.Core.Tests.Keys;

/// <summary>Making pre-auth keys.</summary>
public sealed class PreAuthKeyTests
{
    [Fact]
    public async Task Create_TextIsShownOnceAndOnlyItsHashIsKept()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        var made = (await host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(1), Lifetime = TimeSpan.FromHours(1) })).Value;

        Assert.Matches($"^{PreAuthKeyText.Scheme}[0-9a-f]{{12}}-[0-9a-f]{{64}}$", made.Text);
        Assert.Equal((SecretHash.Of(made.Text), host.Time.GetUtcNow().AddHours(1)), (made.Key.Hash, made.Key.Expiry));
        Assert.StartsWith(PreAuthKeyText.Scheme + made.Key.Prefix + "-", made.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(made.Text, made.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(made.Text, made.Key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Twice_IsNeverTheSame()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));
        var one = (await host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(1) })).Value;
        var two = (await host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(1) })).Value;

        Assert.NotEqual(one.Text, two.Text);
        Assert.NotEqual(one.Key.Prefix, two.Key.Prefix);
        Assert.NotEqual(one.Key.Id, two.Key.Id);
    }

    [Fact]
    public async Task Create_WrongWishes_AreRefused()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        await RefusedAsync(CoreErrorKind.Invalid, new CreatePreAuthKeyCommand());
        await RefusedAsync(CoreErrorKind.NotFound, new CreatePreAuthKeyCommand { Owner = new UserId(77) });
        await RefusedAsync(CoreErrorKind.Invalid, new CreatePreAuthKeyCommand { Owner = new UserId(1), Lifetime = TimeSpan.Zero });
        await RefusedAsync(CoreErrorKind.Invalid, new CreatePreAuthKeyCommand { Tags = ["web"] });
        await RefusedAsync(CoreErrorKind.Invalid, new CreatePreAuthKeyCommand
        {
            Tags = [.. Enumerable.Range(0, TagNames.MaxTags + 1).Select(number => $"tag:t{number}")],
        });
        Assert.Empty(host.Store.Batches);

        async Task RefusedAsync(CoreErrorKind kind, CreatePreAuthKeyCommand command) =>
            Assert.Equal(kind, (await host.ExecuteAsync(command)).Error!.Kind);
    }

    [Fact]
    public async Task Create_LifetimeWithTicks_ExpiryIsInWholeMicroseconds()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));
        var lifetime = TimeSpan.FromHours(1) + TimeSpan.FromTicks(19);

        var key = (await host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(1), Lifetime = lifetime })).Value.Key;

        Assert.Equal(host.Time.GetUtcNow().AddHours(1).AddMicroseconds(1), key.Expiry);
    }

    [Fact]
    public async Task Create_LifetimeOneTickTooLong_IsRefused()
    {
        await using var host = new TailnetHost(Seeds.WithNodes(0));

        Assert.Equal(CoreErrorKind.Invalid, (await CreateAsync(CreatePreAuthKeyCommand.MaxLifetime + TimeSpan.FromTicks(1))).Error!.Kind);
        Assert.Null((await CreateAsync(CreatePreAuthKeyCommand.MaxLifetime)).Error);

        Task<Result<NewPreAuthKey>> CreateAsync(TimeSpan lifetime) =>
            host.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = new UserId(1), Lifetime = lifetime });
    }

    [Fact]
    public void IsValid_OneCharacterTooLong_IsNot()
    {
        var longest = "tag:".PadRight(TagNames.MaxLength, 'a');

        Assert.True(TagNames.IsValid(longest));
        Assert.False(TagNames.IsValid(longest + "a"));
    }

    [Theory]
    [InlineData("tag:web", true)]
    [InlineData("tag:Web-1", true)]
    [InlineData("tag:", false)]
    [InlineData("tag:1web", false)]
    [InlineData("tag:-web", false)]
    [InlineData("tag:we b", false)]
    [InlineData("tag:büro", false)]
    [InlineData("TAG:web", false)]
    [InlineData("web", false)]
    public void IsValid_Tag_IsWhatClientsAccept(string tag, bool expected)
    {
        Assert.Equal(expected, TagNames.IsValid(tag));
    }

    [Fact]
    public void Normalise_Tags_AreTrimmedSortedAndUnique()
    {
        Assert.Equal(["tag:a", "tag:b"], TagNames.Normalise([" tag:b", "tag:a", "tag:b "]).Value);
        Assert.Equal(TagNames.MaxTags, TagNames.Normalise(Enumerable.Range(0, TagNames.MaxTags).Select(number => $"tag:t{number}")).Value.Length);
    }
}
