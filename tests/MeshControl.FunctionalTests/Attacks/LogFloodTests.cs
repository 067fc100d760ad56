using System.Net;
using MeshControl.Testing.Peers;
using MeshControl.Testing.Time;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>What strangers can make the server write into its log.</summary>
[Collection(AttackCollection.Name)]
public sealed class LogFloodTests
{
    private const int Attempts = 100;
    private const int UpgradeHeaderMissing = 4000;
    private const int RegistrationRefused = 4002;
    private const int RefusalsLeftOut = 4502;
    private const int LoginBegun = 4503;

    // What the server writes in a minute.
    private const int MaxRefusals = 60;
    private const int MaxMissing = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nonsense", RegistrationRefused)]
    [InlineData(null, LoginBegun)]
    public async Task Registration_RefusedOften_IsLoggedSoManyTimesAMinute(string? authKey, int line)
    {
        var time = new ManualTimeProvider();
        await using var attacked = await AttackedServer.StartAsync(time: time);
        var stranger = attacked.Server.NewNode("stranger", authKey: null);
        await RefuseAsync(Attempts);
        Assert.Equal((MaxRefusals, 0), (attacked.Server.CountLog(line), attacked.Server.CountLog(RefusalsLeftOut)));

        time.Advance(TimeSpan.FromMinutes(1));
        await RefuseAsync(1);

        Assert.Equal((MaxRefusals + 1, 1), (attacked.Server.CountLog(line), attacked.Server.CountLog(RefusalsLeftOut)));

        async Task RefuseAsync(int times)
        {
            await stranger.Client.GetServerKeyAsync(Token);
            for (; times > 0; times--)
            {
                Assert.False((await stranger.Client.RegisterAsync(stranger.CreateRegisterRequest(authKey), Token)).MachineAuthorized);
            }
        }
    }

    [Fact]
    public async Task Upgrade_WithoutHeadersOften_IsLoggedSoManyTimesAMinute()
    {
        await using var attacked = await AttackedServer.StartAsync(time: new ManualTimeProvider());
        attacked.Server.ExpectLog(UpgradeHeaderMissing);
        await using var peer = await ScriptedPeer.ConnectAsync(attacked.Server.Endpoint, Token);
        for (var i = 0; i < Attempts; i++)
        {
            await peer.SendRawAsync("POST /ts2021 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", Token);
            Assert.Equal(HttpStatusCode.BadRequest, (await peer.ReadAnswerAsync(Token)).Head.Status);
        }

        Assert.Equal(MaxMissing, attacked.Server.CountLog(UpgradeHeaderMissing));
    }

    // Strangers are told no, and nothing of what they ask for is worth a line.
    [Fact]
    public async Task Strangers_WhateverTheyAsk_WriteNothing()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var stranger = attacked.Server.NewNode("stranger", authKey: null);
        var before = attacked.Server.CountLines();
        foreach (var path in new[] { "/", "/machine/map", "/machine/update-health", "/machine/" + new string('x', 2000), "/machine/map%0Afaked" })
        {
            using var inside = await stranger.Client.SendAsync(HttpMethod.Post, path, "{}"u8.ToArray(), Token);
            using var outside = await stranger.Client.SendOutsideAsync(
                new HttpRequestMessage(HttpMethod.Get, new Uri(attacked.Server.Url, path)), Token);
        }

        Assert.Equal(before, attacked.Server.CountLines());
    }
}
