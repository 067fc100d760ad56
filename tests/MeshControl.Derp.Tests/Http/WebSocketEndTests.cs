using System.Net.WebSockets;
using MeshControl.Derp.Http;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Http;

/// <summary>The end of a relay's WebSocket: in good order, and by force for who does not take part.</summary>
public sealed class WebSocketEndTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryStream _sent = new();

    public void Dispose() => _sent.Dispose();

    [Fact]
    public async Task Begin_PeerThatDoesNotAnswer_IsCutWhenItsTimeIsOver()
    {
        using var socket = Socket();
        using var end = new WebSocketEnd(socket, _time);

        end.Begin();
        _time.Advance(WebSocketEnd.CloseTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(end.Force.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(end.Force.IsCancellationRequested);
        await end.FinishAsync();
    }

    [Theory]
    [InlineData(false, WebSocketCloseStatus.NormalClosure)]
    [InlineData(true, WebSocketCloseStatus.InvalidMessageType)]
    public async Task Begin_TellsThePeerOnceAndWhy(bool sawText, WebSocketCloseStatus status)
    {
        using var socket = Socket();
        using var end = new WebSocketEnd(socket, _time);
        if (sawText)
        {
            end.OnText();
        }

        end.Begin();
        await end.FinishAsync();
        end.Begin();

        // The frame of the end: its opcode, its length, and the status.
        var bytes = _sent.ToArray();
        Assert.Equal(0x88, bytes[0]);
        Assert.Equal(bytes.Length - 2, bytes[1]);
        Assert.Equal((int)status, (bytes[2] << 8) | bytes[3]);
    }

    private WebSocket Socket() => WebSocket.CreateFromStream(
        _sent, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
}
