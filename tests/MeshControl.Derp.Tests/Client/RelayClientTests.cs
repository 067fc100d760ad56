using System.Security.Cryptography;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Client;

/// <summary>Login and frames of the client, against relays that follow a script.</summary>
public sealed class RelayClientTests
{
    private static readonly byte[] KeepAlive = [0x06, 0, 0, 0, 0];

    private readonly ManualTimeProvider _time = new();
    private readonly X25519PrivateKey _key = X25519PrivateKey.Generate();

    private NodePublicKey Me => new(_key.PublicKey);

    [Fact]
    public async Task Connect_Plain_AsksForTheUpgradeAndLogsIn()
    {
        var meshKey = DerpMeshKey.Generate();
        var request = "";
        (NodePublicKey Client, DerpClientInfo? Info) login = default;
        await using var site = Site(async script =>
        {
            request = await script.ReadRequestAsync();
            await script.SwitchAsync();
            await script.GreetAsync();
            login = await script.ReadLoginAsync();
            await script.WelcomeAsync(login.Client);
        });

        await using var client = await ConnectedAsync(site, new RelayClientOptions { MeshKey = meshKey, IsProber = true });

        Assert.Equal(
            $"GET /derp HTTP/1.1\r\nHost: relay.test:{site.Address.Port}\r\nUser-Agent: meshcontrol\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n",
            request);
        Assert.Equal(Me, login.Client);
        Assert.Equal((meshKey, 2, true, true), (login.Info!.MeshKey, login.Info.Version, login.Info.CanAckPings, login.Info.IsProber));
        Assert.Equal((RelayScript.PublicKey, 2, false), (client.Welcome.ServerKey, client.Welcome.Info.Version, client.Welcome.IsFast));
    }

    [Fact]
    public async Task Connect_KeyWasInTheCertificate_LogsInWithTheFirstFlight()
    {
        var request = "";
        await using var site = EarlySite(RelayScript.PublicKey, async script =>
        {
            // All of it before the relay has said a word.
            request = await script.ReadRequestAsync();
            var (client, _) = await script.ReadLoginAsync();
            await script.GreetAsync();
            await script.WelcomeAsync(client);
        });

        await using var client = await ConnectedAsync(site);

        Assert.Contains("\r\nDerp-Fast-Start: 1\r\n", request, StringComparison.Ordinal);
        Assert.True(client.Welcome.IsFast);
    }

    [Fact]
    public async Task Connect_FastStartNotWanted_TakesThePlainWay()
    {
        await using var site = EarlySite(RelayScript.PublicKey, static script => script.LetInAsync());

        await using var client = await ConnectedAsync(site, new RelayClientOptions { AllowsFastStart = false });

        Assert.False(client.Welcome.IsFast);
    }

    [Fact]
    public async Task Connect_OtherKeyThanInTheCertificate_IsRefused()
    {
        var other = new DerpPublicKey(X25519PrivateKey.Generate().PublicKey);
        await using var site = EarlySite(other, static async script =>
        {
            await script.ReadRequestAsync();
            await script.GreetAsync();
            await script.WaitAsync();
        });

        await AssertFaultAsync(site, RelayFault.Protocol, "it has another key than its certificate says");
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "is no relay; it answers \"HTTP/1.1 404 Not Found\".")]
    [InlineData("HTTP/1.1 426 Upgrade Required\r\n\r\nDERP requires", "is no relay; it answers \"HTTP/1.1 426 Upgrade Required\".")]
    [InlineData("HTTP/1.1 200 101\r\n\r\n", "is no relay; it answers \"HTTP/1.1 200 101\".")]
    [InlineData("HTTP/1.1 101 Switching", "is no relay; it answers \"HTTP/1.1 101 Switching\".")]
    [InlineData("SSH-2.0-\u0001\u0002\r\n", "is no relay; it answers \"SSH-2.0-??\".")]
    [InlineData("", "hung up when it was asked for a relay.")]
    public async Task Connect_AnotherServer_IsQuoted(string answer, string message)
    {
        await using var site = Site(async script =>
        {
            await script.ReadRequestAsync();
            await script.WriteAsync(answer);
        });

        await AssertFaultAsync(site, RelayFault.NotARelay, message);
    }

    [Theory]
    [InlineData(RelayUpgrade.MaxAnswerLength, true)]
    [InlineData(RelayUpgrade.MaxAnswerLength + 1, false)]
    public async Task Connect_LongestAnswer_IsReadAndOneByteMoreIsNot(int length, bool succeeds)
    {
        const string Start = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nX-Filler: ";
        await using var site = Site(async script =>
        {
            await script.ReadRequestAsync();
            await script.WriteAsync(Start + new string('x', length - Start.Length - 4) + "\r\n");

            // The last two bytes come when all before them were looked at.
            await script.WriteAsync("\r\n");
            await script.GreetAsync();
            await script.WelcomeAsync((await script.ReadLoginAsync()).Client);
        });

        var connected = await ConnectAsync(site);

        Assert.Equal(succeeds ? null : RelayFault.NotARelay, connected.Failure?.Fault);
        await (connected.Value?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Connect_RelayHangsUpAfterTheLogin_DoesNotServeTheKey()
    {
        await using var site = Site(static async script =>
        {
            await script.ReadRequestAsync();
            await script.SwitchAsync();
            await script.GreetAsync();
            await script.ReadLoginAsync();
        });

        await AssertFaultAsync(site, RelayFault.NotAdmitted, "hung up after the login: it does not serve this key.");
    }

    [Theory]
    [InlineData("", "it hung up instead of telling its key")]
    [InlineData("0600000000", "it did not tell its key first")]
    [InlineData("0100000028000000000000f09f94910000000000000000000000000000000000000000000000000000000000000000", "it did not tell its key first")]
    [InlineData("0100100001", "The relay announced a frame of 1048577 bytes.")]
    public async Task Connect_BadGreeting_BreaksTheProtocol(string greeting, string message)
    {
        await using var site = Site(async script =>
        {
            await script.ReadRequestAsync();
            await script.SwitchAsync();
            await script.WriteAsync(Convert.FromHexString(greeting));
        });

        await AssertFaultAsync(site, RelayFault.Protocol, message);
    }

    [Fact]
    public async Task Connect_BadWelcome_BreaksTheProtocol()
    {
        await using var early = Site(static async script =>
        {
            await script.ReadRequestAsync();
            await script.SwitchAsync();
            await script.GreetAsync();
            await script.WriteAsync(KeepAlive);
            await script.WaitAsync();
        });
        await using var forged = Site(static async script =>
        {
            await script.ReadRequestAsync();
            await script.SwitchAsync();
            await script.GreetAsync();
            await script.WelcomeAsync(new NodePublicKey(X25519PrivateKey.Generate().PublicKey));
            await script.WaitAsync();
        });

        await AssertFaultAsync(early, RelayFault.Protocol, "it sent KeepAlive before its welcome");
        await AssertFaultAsync(forged, RelayFault.Protocol, "its welcome cannot be opened");
    }

    [Fact]
    public async Task Connect_RelaySaysNothing_GivesUp()
    {
        await using var site = Site(static script => script.WaitAsync());
        var opened = await RelayTransport.OpenAsync(site.Endpoint with { UsesTls = false }, _time, TestContext.Current.CancellationToken);

        var login = RelayClient.LoginAsync(opened.Value!, _key, new RelayClientOptions(), _time, TestContext.Current.CancellationToken);
        _time.Advance(RelayTimeouts.LoginTimeout - TimeSpan.FromTicks(1));
        Assert.False(login.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(RelayFault.TimedOut, (await login).Failure?.Fault);
    }

    [Fact]
    public async Task Receive_FramesByteByByteAndTogether_AreTheSame()
    {
        byte[] long1 = [0x05, 0, 0, 0x80, 0x20, .. RandomNumberGenerator.GetBytes(0x8020)];
        byte[] bytes = [.. KeepAlive, 0x77, 0, 0, 0, 2, 1, 2, .. long1, .. KeepAlive];
        await using var site = Site(async script =>
        {
            await script.LetInAsync();
            foreach (var one in bytes.AsSpan(0, 40).ToArray())
            {
                await script.WriteAsync([one]);
            }

            await script.WriteAsync([.. bytes.AsSpan(40), .. bytes]);
        });
        await using var client = await ConnectedAsync(site);

        for (var i = 0; i < 2; i++)
        {
            await AssertFrameAsync(client, DerpFrameType.KeepAlive, []);
            await AssertFrameAsync(client, (DerpFrameType)0x77, [1, 2]);
            await AssertFrameAsync(client, DerpFrameType.RecvPacket, long1[5..]);
            await AssertFrameAsync(client, DerpFrameType.KeepAlive, []);
        }

        Assert.Null(await client.ReceiveAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"relay.test:{site.Address.Port} hung up.", client.Failure?.Message);
    }

    [Fact]
    public async Task Receive_NothingForTooLong_EndsTheConnection()
    {
        var go = new TaskCompletionSource();
        await using var site = Site(async script =>
        {
            await script.LetInAsync();
            await go.Task;
            await script.WriteAsync(KeepAlive);
            await script.WaitAsync();
        });
        await using var client = await ConnectedAsync(site);

        _time.Advance(RelayTimeouts.ReceiveTimeout - TimeSpan.FromTicks(1));
        go.SetResult();
        await AssertFrameAsync(client, DerpFrameType.KeepAlive, []);
        var next = client.ReceiveAsync(TestContext.Current.CancellationToken);
        _time.Advance(RelayTimeouts.ReceiveTimeout - TimeSpan.FromTicks(1));
        Assert.Null(client.Failure);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Null(await next);
        Assert.Equal(
            new RelayFailure(RelayFault.TimedOut, $"relay.test:{site.Address.Port} sent nothing for 120 s."), client.Failure);
    }

    [Fact]
    public async Task Send_RelayDoesNotRead_EndsTheConnection()
    {
        var over = new TaskCompletionSource();
        await using var site = Site(async script =>
        {
            await script.LetInAsync();
            await over.Task;
        });
        await using var client = await ConnectedAsync(site);

        // More than kernels keep for a connection.
        var sending = client.SendAsync(new byte[64 * 1024 * 1024], TestContext.Current.CancellationToken).AsTask();
        _time.Advance(RelayTimeouts.WriteTimeout - TimeSpan.FromTicks(1));
        Assert.Null(client.Failure);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.False(await sending);
        Assert.Equal(
            new RelayFailure(RelayFault.TimedOut, $"relay.test:{site.Address.Port} read nothing for 30 s."), client.Failure);
        over.SetResult();
    }

    private static RelaySite Site(Func<RelayScript, Task> script) =>
        RelaySite.Plain((stream, cancellationToken) => script(new RelayScript(stream, cancellationToken)));

    private static async Task AssertFrameAsync(RelayClient client, DerpFrameType type, byte[] payload)
    {
        var frame = await client.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.Equal(type, frame?.Type);
        Assert.Equal(payload, frame?.Payload.ToArray());
    }

    private RelaySite EarlySite(DerpPublicKey key, Func<RelayScript, Task> script) => RelaySite.Tls(
        RelayCertificates.Signed(_time, "derpkey" + key).Context,
        script: (stream, cancellationToken) => script(new RelayScript(stream, cancellationToken)));

    private async Task AssertFaultAsync(RelaySite site, RelayFault fault, string end)
    {
        var connected = await ConnectAsync(site);
        Assert.Equal(fault, connected.Failure?.Fault);
        Assert.StartsWith($"relay.test:{site.Address.Port} ", connected.Failure!.Message, StringComparison.Ordinal);
        Assert.EndsWith(end.TrimEnd('.'), connected.Failure.Message.TrimEnd('.'), StringComparison.Ordinal);
    }

    private async Task<RelayClient> ConnectedAsync(RelaySite site, RelayClientOptions? options = null)
    {
        var connected = await ConnectAsync(site, options);
        Assert.Null(connected.Failure);
        return connected.Value!;
    }

    private Task<RelayResult<RelayClient>> ConnectAsync(RelaySite site, RelayClientOptions? options = null) => RelayClient.ConnectAsync(
        site.Endpoint with { UsesTls = site.HasTls, TakesAnyCertificate = true },
        _key,
        options ?? new RelayClientOptions(),
        _time,
        TestContext.Current.CancellationToken);
}
