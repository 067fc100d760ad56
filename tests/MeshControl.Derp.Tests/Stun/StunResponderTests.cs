using System.Net;
using System.Net.Sockets;
using MeshControl.Derp.Stun;
using MeshControl.Derp.Tests.Support;
using MeshControl.Protocol.Stun;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Derp.Tests.Stun;

/// <summary>One step at a time, on the test's own thread.</summary>
public sealed class StunResponderTests : IDisposable
{
    private readonly StunCounts _counts = new();
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => _counts.Dispose();

    [Theory]
    [InlineData(true, "127.0.0.1")]
    [InlineData(true, "::1")]
    [InlineData(false, "127.0.0.1")]
    [InlineData(false, "::1")]
    public async Task ServeOne_Request_IsAnsweredOnEverySystem(bool isLinux, string address)
    {
        using var socket = Bind(isLinux, address);
        using var asker = new StunAsker(IPAddress.Parse(address), socket.Address);
        var responder = Responder(socket, NullLogger.Instance);

        var asked = Task.Run(asker.Ask);
        responder.ServeOne();
        await asked;

        asker.Send([1, 2, 3]);
        responder.ServeOne();
        var family = socket.Address.AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6";
        Assert.Equal([$"success {family}", $"not_stun {family}"], _counts.Take(2));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void ServeOne_ManyDatagrams_AllocatesNothing(string address)
    {
        using var metrics = new StunMetrics();
        using var socket = Bind(isLinux: true, address);
        using var asker = new StunAsker(IPAddress.Parse(address), socket.Address);
        var responder = new StunResponder(socket, metrics, _time, NullLogger.Instance, CancellationToken.None);
        var request = StunAsker.Request(default);
        var answer = new byte[StunMessage.MaxResponseLength];
        Serve(100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Serve(1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Serve(int count)
        {
            for (var i = 0; i < count; i++)
            {
                asker.Send(request.AsSpan(0, i % 2 == 0 ? request.Length : request.Length - 1));
                responder.ServeOne();
                if (i % 2 == 0)
                {
                    asker.Receive(answer);
                }
            }
        }
    }

    [Fact]
    public void ServeOne_ManyRefused_AreOneLineASecond()
    {
        var log = new RecordedLog<StunListener>();
        using var socket = Bind(isLinux: true, "127.0.0.1");
        using var asker = new StunAsker(IPAddress.Loopback, socket.Address);
        var responder = Responder(socket, log);
        for (var i = 0; i < 5; i++)
        {
            asker.Send([1]);
            responder.ServeOne();
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        asker.Send(new byte[20]);
        responder.ServeOne();

        Assert.Equal(2, log.Lines.Count);
        Assert.Contains($"{asker.Address}: TooShort", log.Lines[0], StringComparison.Ordinal);
        Assert.Contains("NotStun", log.Lines[1], StringComparison.Ordinal);
        Assert.Contains("(4 more", log.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void ServeOne_SystemHasErrors_AreCounted()
    {
        var log = new RecordedLog<StunListener>();
        using var socket = new FailingSocket();
        var responder = Responder(socket, log);

        responder.ServeOne();
        responder.ServeOne();

        Assert.Equal(["read_error ipv4", "write_error ipv4"], _counts.Take(2));
        Assert.Contains($"cannot receive at {socket.Address}", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void ServeOne_ErrorsThatStay_AreCountedAllAndLoggedSoManyTimesAMinute()
    {
        var log = new RecordedLog<StunListener>();
        using var socket = new FailingSocket(always: true);
        var responder = Responder(socket, log);
        for (var i = 0; i <= StunResponder.MaxErrorLinesPerMinute; i++)
        {
            responder.ServeOne();
        }

        Assert.Equal(StunResponder.MaxErrorLinesPerMinute, log.Lines.Count);
        Assert.DoesNotContain("nothing", _counts.Take(StunResponder.MaxErrorLinesPerMinute + 1));
    }

    [Fact]
    public async Task Run_UnforeseenFault_IsLoggedAndTheThreadGoesOn()
    {
        var log = new RecordedLog<StunListener>();
        using var stop = new CancellationTokenSource();
        using var socket = new FailingSocket();
        var responder = new StunResponder(socket, _counts.Metrics, _time, log, stop.Token);
        responder.Start();

        Assert.Equal(["read_error ipv4", "write_error ipv4", "success ipv4"], _counts.Take(3));
        await stop.CancelAsync();
        await responder.Ended;
        Assert.Contains(log.Lines, line => line.Contains("unforeseen", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[::]:3478", true, "[::]:3478 dual")]
    [InlineData("[::]:3478", false, "0.0.0.0:3478")]
    [InlineData("[::]:3478 0.0.0.0:3478", true, "[::]:3478 0.0.0.0:3478")]
    [InlineData("[::]:3478 0.0.0.0:3478", false, "0.0.0.0:3478")]
    [InlineData("[::]:3478 192.0.2.1:3478", true, "[::]:3478 192.0.2.1:3478")]
    [InlineData("[::]:3478 192.0.2.1:3479", true, "[::]:3478 dual 192.0.2.1:3479")]
    [InlineData("[2001:db8::1]:3478 192.0.2.1:3478 192.0.2.1:3478", true, "[2001:db8::1]:3478 192.0.2.1:3478")]
    public void Plan_OfAddresses_HasOneSocketForEach(string addresses, bool hasIPv6, string expected)
    {
        var plans = StunSocketPlan.For([.. addresses.Split(' ').Select(IPEndPoint.Parse)], hasIPv6);

        Assert.Equal(expected, string.Join(' ', plans.Select(plan => plan.Address + (plan.IsDualStack ? " dual" : ""))));
    }

    private static StunSocket Bind(bool isLinux, string address)
    {
        var socket = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return isLinux ? new LinuxStunSocket(socket) : new PortableStunSocket(socket);
    }

    private StunResponder Responder(StunSocket socket, ILogger logger) => new(socket, _counts.Metrics, _time, logger, CancellationToken.None);

    /// <summary>Nothing to receive, then a request whose answer is not taken, then a fault, then one that is answered, again and again.</summary>
    private sealed class FailingSocket(bool always = false) : StunSocket(BindAny())
    {
        private int _step;

        public override ReadOnlySpan<byte> PeerAddress => [192, 0, 2, 1];

        public override ushort PeerPort => 1;

        public override bool TryReceive(out ReadOnlySpan<byte> datagram)
        {
            datagram = StunAsker.Request(default);
            return _step++ switch
            {
                _ when always => false,
                0 => false,
                2 => throw new InvalidOperationException("unforeseen"),
                _ => true,
            };
        }

        public override bool TryAnswer(ReadOnlySpan<byte> answer) => _step > 2;

        private static Socket BindAny()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket;
        }
    }
}
