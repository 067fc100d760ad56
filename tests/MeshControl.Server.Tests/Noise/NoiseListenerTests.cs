using System.Net;
using MeshControl.Server.Noise;
using Microsoft.AspNetCore.Connections;

namespace MeshControl.Server.Tests.Noise;

public sealed class NoiseListenerTests
{
    // As many as a listening socket's backlog.
    private const int Backlog = 4096;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryEnqueue_OneMoreThanTheBacklog_IsRefusedUntilOneIsTaken()
    {
        var listener = new NoiseListener();
        var connection = new DefaultConnectionContext();
        for (var i = 0; i < Backlog; i++)
        {
            Assert.True(listener.TryEnqueue(connection));
        }

        Assert.False(listener.TryEnqueue(connection));
        await listener.AcceptAsync(Token);
        Assert.True(listener.TryEnqueue(connection));
    }

    [Fact]
    public async Task UnbindAsync_ConnectionsWait_AreStillHandedOutThenNull()
    {
        var listener = new NoiseListener();
        var connection = new DefaultConnectionContext();
        Assert.True(listener.TryEnqueue(connection));

        await listener.UnbindAsync(Token);

        Assert.False(listener.TryEnqueue(connection));
        Assert.Same(connection, await listener.AcceptAsync(Token));
        Assert.Null(await listener.AcceptAsync(Token));
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task AcceptAsync_Waiting_ReturnsWithTheNextOneAndAtTheEnd()
    {
        var listener = new NoiseListener();
        var connection = new DefaultConnectionContext();
        var accepting = listener.AcceptAsync(Token).AsTask();
        Assert.False(accepting.IsCompleted);
        Assert.True(listener.TryEnqueue(connection));
        Assert.Same(connection, await accepting);

        accepting = listener.AcceptAsync(Token).AsTask();
        await listener.DisposeAsync();

        Assert.Null(await accepting);
    }

    [Fact]
    public void CanBind_OnlyItsOwnEndPoint()
    {
        var factory = new NoiseListenerFactory(new NoiseListener());

        Assert.True(factory.CanBind(new NoiseEndPoint()));
        Assert.False(factory.CanBind(new IPEndPoint(IPAddress.Loopback, 0)));
    }
}
