using MeshControl.Derp.Relay;
using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted.Own;

/// <summary>Who is let in, and who is sent away later.</summary>
public sealed class AdmissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refused_Client_IsClosedWithoutAWord()
    {
        await using var relay = new MemoryRelay { Admits = _ => ValueTask.FromResult(false) };
        await using var client = await GreetedAsync(relay);
        await client.SendRawAsync(client.LoginFrame(), Token);
        Assert.Null(await client.ReadFrameAsync(Token));
    }

    [Fact]
    public async Task Asked_Admission_IsToldTheProvedKeyOnce()
    {
        var asked = new List<NodePublicKey>();
        await using var relay = new MemoryRelay
        {
            Admits = key =>
            {
                asked.Add(key);
                return ValueTask.FromResult(true);
            },
        };
        await using (var liar = await GreetedAsync(relay))
        {
            var login = liar.LoginFrame();
            login[^1] ^= 1;
            await liar.SendRawAsync(login, Token);
            Assert.Null(await liar.ReadFrameAsync(Token));
        }

        Assert.Empty(asked);
        var client = await relay.ComesAsync();
        Assert.Equal([client.PublicKey], asked);
    }

    [Fact]
    public async Task Undecided_Client_IsNobodyUntilItIsLetIn()
    {
        var decision = new TaskCompletionSource<bool>();
        await using var relay = new MemoryRelay();
        var sender = await relay.ComesAsync();
        relay.Admits = _ => new ValueTask<bool>(decision.Task);
        await using var client = await GreetedAsync(relay);
        await client.SendRawAsync(client.LoginFrame(), Token);

        await sender.SendPacketAsync(client.PublicKey, Party.Disco, Token);
        Assert.Equal([new RelayMessage.PeerGone(client.PublicKey, PeerGoneReason.NotHere)], await sender.DrainAsync(Token));

        decision.SetResult(true);
        await client.ReadServerInfoAsync(Token);
        Assert.Empty(await client.DrainAsync(Token));
        await sender.SendPacketAsync(client.PublicKey, new byte[] { 1 }, Token);
        Assert.Equal([1], (await client.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
    }

    [Fact]
    public async Task Disconnect_Key_ClosesAllItsConnectionsAndNoOthers()
    {
        await using var relay = new MemoryRelay();
        var key = relay.NewKey();
        var other = await relay.ComesAsync();
        RelayClient[] all = [await relay.ComesAsync(key), await relay.ComesAsync(key), await relay.ComesAsync(key)];
        await all[0].SendPacketAsync(other.PublicKey, new byte[] { 1 }, Token);
        await other.ReceiveAsync<RelayMessage.Packet>(Token);

        relay.Server.Disconnect(all[0].PublicKey);

        foreach (var client in all)
        {
            Assert.DoesNotContain(await client.ReceiveToEndAsync(Token), message => message is RelayMessage.Packet);
        }

        Assert.Equal(new RelayMessage.PeerGone(all[0].PublicKey, PeerGoneReason.Disconnected), await other.ReceiveAsync(Token));
        Assert.Empty(await other.DrainAsync(Token));
    }

    [Fact]
    public async Task Disconnect_WhileAdmissionIsUndecided_KeepsTheClientOut()
    {
        var asked = new TaskCompletionSource();
        var decision = new TaskCompletionSource<bool>();
        await using var relay = new MemoryRelay
        {
            Admits = _ =>
            {
                asked.SetResult();
                return new ValueTask<bool>(decision.Task);
            },
        };
        await using var client = await GreetedAsync(relay);
        await client.SendRawAsync(client.LoginFrame(), Token);
        await asked.Task;

        relay.Server.Disconnect(client.PublicKey);
        decision.SetResult(true);

        Assert.Null(await client.ReadFrameAsync(Token));
    }

    [Fact]
    public async Task Full_Relay_ClosesOneMore()
    {
        await using var relay = new MemoryRelay(new RelayOptions { MaxConnections = 3 });
        var first = await relay.ComesAsync();
        await relay.ComesAsync();
        await using var idle = await GreetedAsync(relay);

        await using var more = RelayClient.Over(relay.Open(cancellationToken: CancellationToken.None), relay.NewKey());
        Assert.Null(await more.ReadFrameAsync(Token));

        await first.DisposeAsync();
        await relay.Served[0];
        await relay.ComesAsync();
    }

    private static async Task<RelayClient> GreetedAsync(MemoryRelay relay)
    {
        var client = RelayClient.Over(relay.Open(cancellationToken: CancellationToken.None), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        return client;
    }
}
