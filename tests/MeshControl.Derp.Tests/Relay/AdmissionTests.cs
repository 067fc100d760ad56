using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Relay;

/// <summary>Who is let in, and who is put out.</summary>
public sealed class AdmissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_NotAdmitted_IsClosedWithoutAWord()
    {
        await using var relay = new MemoryRelay { Admits = _ => ValueTask.FromResult(false) };
        var client = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        await client.SendRawAsync(client.LoginFrame(), Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
        Assert.Null(relay.Server.Hub.Registry.Find(client.PublicKey));
    }

    [Fact]
    public async Task Login_IsAskedForWithTheKeyThatWasProved()
    {
        NodePublicKey? asked = null;
        await using var relay = new MemoryRelay
        {
            Admits = key =>
            {
                asked = key;
                return ValueTask.FromResult(true);
            },
        };
        var client = await relay.ComesAsync();
        Assert.Equal(client.PublicKey, asked);
    }

    [Fact]
    public async Task Disconnect_WhileConnected_ClosesAllConnectionsOfTheKey()
    {
        await using var relay = new MemoryRelay();
        var key = relay.NewKey();
        await relay.ComesAsync(key);
        await relay.ComesAsync(key);
        var other = await relay.ComesAsync();

        relay.Server.Disconnect(new NodePublicKey(key.PublicKey));

        await Task.WhenAll(relay.Served.Take(2)).WaitAsync(Token);
        Assert.Empty(await other.DrainAsync(Token));
        relay.Server.Disconnect(new NodePublicKey(key.PublicKey));
    }

    [Fact]
    public async Task Disconnect_WhileTheAdmissionDecides_IsNotForgotten()
    {
        var decision = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource();
        await using var relay = new MemoryRelay
        {
            Admits = _ =>
            {
                asked.SetResult();
                return new ValueTask<bool>(decision.Task);
            },
        };
        var client = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        await client.SendRawAsync(client.LoginFrame(), Token);
        await asked.Task.WaitAsync(Token);

        relay.Server.Disconnect(client.PublicKey);
        decision.SetResult(true);

        await relay.Served[0].WaitAsync(Token);
        Assert.Null(relay.Server.Hub.Registry.Find(client.PublicKey));
    }

    [Fact]
    public async Task Admission_ThatFails_EndsTheLoginAndIsSaid()
    {
        var relay = new MemoryRelay { Admits = _ => throw new NotSupportedException("broken") };
        var client = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        await client.SendRawAsync(client.LoginFrame(), Token);
        Assert.Empty(await client.ReceiveToEndAsync(Token));
        await relay.Served[0].WaitAsync(Token);
        Assert.Contains(relay.Log.Lines, line => line.Text.Contains("failed unexpectedly", StringComparison.Ordinal));
        await relay.Server.DisposeAsync();
    }

    [Fact]
    public async Task Login_FramesBehindItInOneSegment_AreDealtWith()
    {
        await using var relay = new MemoryRelay();
        var client = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        byte[] flight =
        [
            .. client.LoginFrame(),
            .. RelayFrame.Of(RelayFrameType.NotePreferred, [1]).Encode(),
            .. RelayFrame.Of(RelayFrameType.SendPacket, client.PublicKey.Bytes.Span.ToArray(), [1, 2, 3]).Encode(),
        ];
        await client.SendRawAsync(flight, Token);
        await client.ReadServerInfoAsync(Token);
        Assert.Equal([1, 2, 3], (await client.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes);
        Assert.True(relay.Server.Hub.Registry.Find(client.PublicKey)!.Active!.IsHome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(37)]
    public async Task Frames_ReadInPieces_AreTheSame(int mostPerRead)
    {
        await using var relay = new MemoryRelay();
        var client = RelayClient.Over(relay.Open(mostPerRead: mostPerRead, cancellationToken: Token), relay.NewKey());
        await client.LoginAsync(null, Token);
        for (var length = 0; length < 100; length += 7)
        {
            await client.SendPacketAsync(client.PublicKey, new byte[length], Token);
            Assert.Equal(length, (await client.ReceiveAsync<RelayMessage.Packet>(Token)).Bytes.Length);
        }
    }

    [Fact]
    public async Task Refused_Silently_EvenWhenTheFrameIsCutOff()
    {
        await using var relay = new MemoryRelay();
        var client = RelayClient.Over(relay.Open(cancellationToken: Token), relay.NewKey());
        await client.ReadGreetingAsync(Token);
        await client.SendRawAsync(client.LoginFrame().AsMemory(0, 60), Token);
        await client.DisposeAsync();
        await relay.Served[0].WaitAsync(Token);
    }
}
