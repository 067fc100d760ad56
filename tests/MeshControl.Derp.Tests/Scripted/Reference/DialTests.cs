using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Reference;

/// <summary>The ways to reach a relay over TLS, against the stock clients' own one.</summary>
public sealed class DialTests(SharedReference reference)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dial_WithAndWithoutAnAnswerToTheRequest_IsIn(bool saysFastStart)
    {
        var endpoint = (await reference.GetAsync()).Endpoint with { SaysFastStart = saysFastStart, TriesFastStart = !saysFastStart };
        using var key = X25519PrivateKey.Generate();

        await using var client = await RelayClient.DialAsync(endpoint, key, null, Token);

        // That relay has no certificate with its key, so nobody can speak before it does.
        Assert.Equal((await reference.GetAsync()).IsOther && !saysFastStart, client.UsedFastStart);
        Assert.Equal(2, client.ServerInfo.GetProperty("version").GetInt32());
        Assert.Empty(await client.DrainAsync(Token));
    }

    [Fact]
    public async Task Stun_OverLoopback_TellsTheOwnAddress()
    {
        var stun = (await reference.GetAsync()).Stun;
        Assert.SkipWhen(stun is null, "Nobody said where that relay answers STUN.");
        var (told, own) = await StunProbe.AskAsync(stun, Token);
        Assert.Equal(own, told);
    }
}
