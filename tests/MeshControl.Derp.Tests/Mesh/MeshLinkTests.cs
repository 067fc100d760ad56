using System.Net;
using System.Threading.Channels;
using MeshControl.Derp.Client;
using MeshControl.Derp.Mesh;
using MeshControl.Derp.Tests.Client;
using MeshControl.Derp.Tests.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Mesh;

/// <summary>A link against another relay that follows a script.</summary>
public sealed class MeshLinkTests : IAsyncDisposable
{
    private static readonly byte[] Pong = [0x13, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly ManualTimeProvider _time = new();
    private readonly RecordedTable _table = new();
    private readonly RecordedLog<MeshLink> _log = new();
    private readonly MeshIdentity _identity = new(X25519PrivateKey.Generate(), DerpMeshKey.Generate());
    private readonly CancellationTokenSource _stop = new();

    /// <summary>One item for each connection that got as far as the login.</summary>
    private readonly Channel<RelayScript> _logins = Channel.CreateUnbounded<RelayScript>();

    private Task _running = Task.CompletedTask;
    private MeshLink? _link;

    [Fact]
    public async Task Link_AnotherRelay_LogsInWithItsOwnKeyAndWatches()
    {
        (NodePublicKey Client, DerpClientInfo? Info) login = default;
        await using var site = Site(async script => login = await script.LetInAsync());
        Start(site);

        var relay = await NextAsync();

        Assert.Equal((new NodePublicKey(_identity.Key.PublicKey), _identity.MeshKey), (login.Client, login.Info!.MeshKey));
        Assert.Equal(DerpFrameType.WatchConns, (await relay.ReadFrameAsync()).Type);
        Assert.Equal(DerpFrameType.Ping, (await relay.ReadFrameAsync()).Type);
        Assert.False(_link!.IsConnected);
        await relay.WriteAsync(Pong);
        await WaitForAsync(() => _link.IsConnected);
    }

    [Fact]
    public async Task Link_ClientsComeAndGo_AreInTheTable()
    {
        await using var site = Site();
        var (a, b, mesh) = (NewKey(), NewKey(), NewKey());
        var relay = await ConnectAsync(site);

        await relay.WriteAsync(Present(a));
        await relay.WriteAsync(Present(mesh, PeerPresentFlags.MeshPeer));
        await relay.WriteAsync(Present(b));
        await relay.WriteAsync(Gone(NewKey()));
        await relay.WriteAsync(Gone(a));

        Assert.Equal(("+", a), await _table.NextAsync());
        Assert.Equal(("+", b), await _table.NextAsync());
        Assert.Equal(("-", a), await _table.NextAsync());
        Assert.Equal(1, _link!.ClientCount);
    }

    [Fact]
    public async Task Link_Breaks_ClientsAreForgottenAndItConnectsAgain()
    {
        await using var site = Site();
        var (a, b) = (NewKey(), NewKey());
        var relay = await ConnectAsync(site);
        await relay.WriteAsync([.. Present(a), .. Present(b)]);
        Assert.Equal(("+", a), await _table.NextAsync());
        Assert.Equal(("+", b), await _table.NextAsync());

        relay.HangUp();
        Assert.Equal("-", (await _table.NextAsync()).Change);
        Assert.Equal("-", (await _table.NextAsync()).Change);
        Assert.Equal(0, _table.Count);
        await WaitForAsync(() => _log.Lines.Any(line => line.Contains("is lost, with 2 clients: ", StringComparison.Ordinal)));
        await WaitForAsync(() => _time.PendingTimers == 1);
        Assert.False(_link!.IsConnected);

        // The randomness of the test is always a half.
        _time.Advance(MeshLink.RetryDelay + (MeshLink.RetryJitter / 2) - TimeSpan.FromTicks(1));
        Assert.Equal(1, site.Connections);
        _time.Advance(TimeSpan.FromTicks(1));
        relay = await WelcomeAsync();
        await relay.WriteAsync(Present(a));
        Assert.Equal(("+", a), await _table.NextAsync());
    }

    [Fact]
    public async Task Link_RelayIsSilent_IsABreak()
    {
        await using var site = Site();
        var relay = await ConnectAsync(site);
        await relay.WriteAsync(Present(NewKey()));
        await _table.NextAsync();

        _time.Advance(RelayTimeouts.ReceiveTimeout);

        Assert.Equal("-", (await _table.NextAsync()).Change);
    }

    [Fact]
    public async Task Forward_ToTheOtherRelay_IsAForwardPacket()
    {
        await using var site = Site();
        var (a, b) = (NewKey(), NewKey());
        var relay = await ConnectAsync(site);

        _link!.Forward(a, b, "one"u8);
        _link.Forward(b, a, new byte[DerpProtocol.MaxPacketLength]);
        _link.Flush();

        var (type, payload) = await relay.ReadFrameAsync();
        Assert.Equal(DerpFrameType.ForwardPacket, type);
        Assert.Equal([.. a.Bytes.Span, .. b.Bytes.Span, .. "one"u8], payload);
        (type, payload) = await relay.ReadFrameAsync();
        Assert.Equal((DerpFrameType.ForwardPacket, DerpProtocol.MaxForwardFrameLength), (type, payload.Length));
    }

    [Fact]
    public async Task Forward_OtherRelayDoesNotRead_NeverWaitsAndEndsTheLink()
    {
        await using var site = Site();
        var relay = await ConnectAsync(site);
        await relay.WriteAsync(Present(NewKey()));
        await _table.NextAsync();
        var drops = 0L;
        using var meter = new CounterWatch(_link!.Metrics!.Meter, "meshcontrol.relay.mesh.drops", value => Interlocked.Add(ref drops, value));

        // The kernels take some megabytes, the queue one; then all is dropped.
        var (packet, key) = (new byte[DerpProtocol.MaxPacketLength], NewKey());
        await WaitForAsync(() =>
        {
            _link.Forward(key, key, packet);
            _link.Flush();
            return Interlocked.Read(ref drops) > 1_000;
        });
        Assert.True(_link.IsConnected);

        // On a busy machine all may be dropped before the first write has begun; its limit is the second timer.
        await WaitForAsync(() => _time.PendingTimers == 2);
        _time.Advance(RelayTimeouts.WriteTimeout);

        Assert.Equal("-", (await _table.NextAsync()).Change);
        await WaitForAsync(() => _log.Lines.Any(line => line.Contains(" read nothing for 30 s.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Link_Ping_IsAnswered()
    {
        await using var site = Site();
        var relay = await ConnectAsync(site);

        await relay.WriteAsync([0x12, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);

        var (type, payload) = await relay.ReadFrameAsync();
        Assert.Equal(DerpFrameType.Pong, type);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], payload);
    }

    [Fact]
    public async Task Link_ToItself_EndsForGood()
    {
        await using var site = Site(script => script.LetInAsync());
        Start(site, new MeshIdentity(RelayScript.Key, _identity.MeshKey));

        await _running;

        Assert.Equal([$"relay.test:{site.Address.Port} is this relay itself; it is left out"], _log.Lines);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Link_OtherRelayTurnsItAway_SaysWhatItCanBeOnce(bool letsClientsIn)
    {
        await using var site = Site(async script =>
        {
            if (letsClientsIn)
            {
                await script.LetInAsync();
                await script.ReadFrameAsync();
            }
            else
            {
                await script.ReadRequestAsync();
                await script.SwitchAsync();
                await script.GreetAsync();
                await script.ReadLoginAsync();
            }

            script.HangUp();
        });
        Start(site);

        for (var i = 0; i < 3; i++)
        {
            await NextAsync();
            await WaitForAsync(() => _log.Lines.Count == i + 1 && _time.PendingTimers == 1);
            _time.Advance(MeshLink.RetryDelay + MeshLink.RetryJitter);
        }

        var lines = _log.Lines;
        Assert.EndsWith("It does not take this one for a relay of its region: see that both have the same mesh key.", lines[0], StringComparison.Ordinal);
        Assert.Contains(" is out of reach: ", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Contains(" is still out of reach: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Link_MoreClientsThanTheMost_AreLeftOut()
    {
        await using var site = Site();
        var relay = await ConnectAsync(site);
        var frames = new byte[(MeshLink.MaxClients + 1) * DerpFrame.PeerPresentFrameLength];
        for (var i = 0; i <= MeshLink.MaxClients; i++)
        {
            var key = new byte[KeyBytes.Length];
            BitConverter.TryWriteBytes(key, i + 1);
            DerpFrame.WritePeerPresent(
                frames.AsSpan(i * DerpFrame.PeerPresentFrameLength),
                new NodePublicKey(new KeyBytes(key)),
                new IPEndPoint(IPAddress.Loopback, 1),
                PeerPresentFlags.Regular);
        }

        var late = NewKey();
        await relay.WriteAsync(frames);
        await relay.WriteAsync([.. Present(late), .. Gone(late), 0x12, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);

        await relay.ReadFrameAsync();
        Assert.Equal((MeshLink.MaxClients, MeshLink.MaxClients), (_link!.ClientCount, _table.Count));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _link?.Metrics?.Dispose();
        _stop.Dispose();
        Assert.Equal(0, _table.Count);
    }

    private static NodePublicKey NewKey() => new(X25519PrivateKey.Generate().PublicKey);

    private static byte[] Present(NodePublicKey key, PeerPresentFlags flags = PeerPresentFlags.Regular)
    {
        var frame = new byte[DerpFrame.PeerPresentFrameLength];
        DerpFrame.WritePeerPresent(frame, key, new IPEndPoint(IPAddress.Loopback, 4711), flags);
        return frame;
    }

    private static byte[] Gone(NodePublicKey key)
    {
        var frame = new byte[DerpFrame.PeerGoneFrameLength];
        DerpFrame.WritePeerGone(frame, key, PeerGoneReason.Disconnected);
        return frame;
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Another relay: it does what is said and hands the connection over to the test.</summary>
    private RelaySite Site(Func<RelayScript, Task>? login = null) => RelaySite.Plain(async (stream, cancellationToken) =>
    {
        var script = new RelayScript(stream, cancellationToken);
        await (login ?? (script => script.LetInAsync()))(script);
        await _logins.Writer.WriteAsync(script, cancellationToken);
        await script.HungUp.WaitAsync(cancellationToken);
    });

    private void Start(RelaySite site, MeshIdentity? identity = null)
    {
        var endpoint = site.Endpoint with { UsesTls = false };
        _link = new MeshLink(endpoint, identity ?? _identity, _table, new HalfRandom(), _time, _log);
        _link.Metrics = new MeshMetrics([_link]);
        _running = _link.RunAsync(_stop.Token);
    }

    private async Task<RelayScript> ConnectAsync(RelaySite site)
    {
        Start(site);
        return await WelcomeAsync();
    }

    private async Task<RelayScript> WelcomeAsync()
    {
        var relay = await NextAsync();
        Assert.Equal(DerpFrameType.WatchConns, (await relay.ReadFrameAsync()).Type);
        Assert.Equal(DerpFrameType.Ping, (await relay.ReadFrameAsync()).Type);
        await relay.WriteAsync(Pong);
        return relay;
    }

    private async Task<RelayScript> NextAsync() => await _logins.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private sealed class HalfRandom : Random
    {
        public override double NextDouble() => 0.5;
    }
}
