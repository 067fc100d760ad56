using System.Net;
using System.Net.Sockets;
using MeshControl.Server.Listeners;
using MeshControl.Server.Polling;

namespace MeshControl.Server.Tests.Listeners;

public sealed class TcpLivenessTests
{
    private const int UserTimeout = 18;
    private const int Seconds = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The kernel's timers are late by a fourteenth at most, and what is sent last has one more second.
    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(120)]
    public async Task Configure_Listener_ItsConnectionsNoticeACutInTime(int offlineAfter)
    {
        var budget = new OfflineBudget(TimeSpan.FromSeconds(offlineAfter));
        var (accepted, client) = await AcceptAsync(budget);
        using (accepted)
        using (client)
        {
            Assert.NotEqual(0, (int)accepted.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
            var silence = Get(accepted, SocketOptionName.TcpKeepAliveTime)
                + (Get(accepted, SocketOptionName.TcpKeepAliveInterval) * Get(accepted, SocketOptionName.TcpKeepAliveRetryCount));
            Assert.InRange(silence, 1, budget.Notice.TotalSeconds - 1);
            Assert.Equal(silence * Seconds, GetUserTimeout(accepted));
        }
    }

    [Fact]
    [Trait("Acceptance", "TestConnectionEntry_SendTimeout")]
    public async Task BeforeWrite_ClientSpokeJustNow_HasAllTheTimeToAnswer()
    {
        var (accepted, client) = await AcceptAsync();
        using (accepted)
        using (client)
        {
            TcpLiveness.LimitAnswer(accepted, 1);
            await client.SendAsync(new byte[1], Token);
            await accepted.ReceiveAsync(new byte[1], Token);

            Assert.Equal(0, TcpLiveness.SecondsOfSilence(accepted));
            new NewsDeadline(accepted, OfflineBudget.Default).BeforeWrite(now: 0);
            Assert.Equal(TcpLiveness.SecondsToAnswer(OfflineBudget.Default) * Seconds, GetUserTimeout(accepted));
        }
    }

    [Fact]
    public async Task BeforeWrite_ConnectionJustClosed_DoesNothing()
    {
        var (accepted, client) = await AcceptAsync();
        client.Dispose();
        accepted.Dispose();

        new NewsDeadline(accepted, OfflineBudget.Default).BeforeWrite(now: 0);

        Assert.Throws<ObjectDisposedException>(() => accepted.Available);
    }

    // With a user timeout Linux counts no probes: the connection ends one interval after the first one that had no answer.
    [Fact]
    public async Task RelaxForPhone_Connection_IsProbedSeldomAndHasTimeToWakeUp()
    {
        var (accepted, client) = await AcceptAsync();
        using (accepted)
        using (client)
        {
            TcpLiveness.RelaxForPhone(accepted);

            Assert.InRange(Get(accepted, SocketOptionName.TcpKeepAliveTime), 60, 120);
            Assert.InRange(Get(accepted, SocketOptionName.TcpKeepAliveInterval), 10, 30);
            Assert.InRange(GetUserTimeout(accepted), 10 * Seconds, 15 * Seconds);
        }
    }

    // The relay's keep-alives come every minute: a probe would be one radio woken for nothing.
    [Fact]
    public async Task RelaxForRelay_Connection_IsNeverProbedBetweenKeepAlives()
    {
        var (accepted, client) = await AcceptAsync();
        using (accepted)
        using (client)
        {
            TcpLiveness.RelaxForRelay(accepted);

            Assert.InRange(Get(accepted, SocketOptionName.TcpKeepAliveTime), 120, int.MaxValue);
            Assert.Equal(15 * Seconds, GetUserTimeout(accepted));
        }
    }

    [Fact]
    public async Task RelaxForPhone_ConnectionJustClosed_DoesNothing()
    {
        var (accepted, client) = await AcceptAsync();
        client.Dispose();
        accepted.Dispose();

        TcpLiveness.RelaxForPhone(accepted);

        Assert.Throws<ObjectDisposedException>(() => accepted.Available);
    }

    [Fact]
    public void Configure_UnixSocket_IsLeftAlone()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        TcpLiveness.Configure(socket, new UnixDomainSocketEndPoint("/nowhere"), OfflineBudget.Default);

        Assert.Equal(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
    }

    private static async Task<(Socket Accepted, Socket Client)> AcceptAsync(OfflineBudget? budget = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var endPoint = new IPEndPoint(IPAddress.Loopback, 0);
        listener.Bind(endPoint);
        TcpLiveness.Configure(listener, endPoint, budget ?? OfflineBudget.Default);
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, Token);
        return (await listener.AcceptAsync(Token), client);
    }

    private static int Get(Socket socket, SocketOptionName name) => (int)socket.GetSocketOption(SocketOptionLevel.Tcp, name)!;

    private static int GetUserTimeout(Socket socket)
    {
        var value = new byte[sizeof(int)];
        socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, UserTimeout, value);
        return BitConverter.ToInt32(value);
    }
}
