using System.Net;
using System.Net.Sockets;
using MeshControl.Derp.Stun;
using MeshControl.Protocol.Stun;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Derp.Tests.Stun;

public sealed class StunListenerTests : IDisposable
{
    private static readonly byte[] Good = StunAsker.Request(new StunTransactionId(Convert.FromHexString("101112131415161718191a1b")));

    private readonly StunCounts _counts = new();

    /// <summary>Everything that is no request of a client, made out of one that is.</summary>
    public static TheoryData<string, byte[]> Refusals => new()
    {
        { "no SOFTWARE", [.. Good[..20], .. Good[32..]] },
        { "other software", [.. Good[..31], (byte)'f', .. Good[32..]] },
        { "fingerprint off by a bit", [.. Good[..39], (byte)(Good[39] ^ 1)] },
        { "fingerprint not last", [.. Good[..20], .. Good[32..], .. Good[20..32]] },
        { "19 bytes", Good[..19] },
        { "first bits", [(byte)(Good[0] | 0x40), .. Good[1..]] },
        { "an answer", Convert.FromHexString("0101000c2112a442101112131415161718191a1b002000080001" + "83bbea12d547") },
        { "nothing", [] },
        { "longer than the buffer", new byte[StunMessage.MaxRequestLength + 100] },
        { "a good one with a tail that does not fit", [.. Good, .. new byte[StunMessage.MaxRequestLength]] },
    };

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", 32)]
    [InlineData("::1", "::1", 44)]
    [InlineData("::", "::1", 44)]
    [InlineData("::", "127.0.0.1", 32)]
    [InlineData("0.0.0.0", "127.0.0.1", 32)]
    public async Task Request_AtAnAddress_IsAnsweredWithItsSource(string listened, string asked, int length)
    {
        await using var listener = Start(listened);
        var bound = Assert.Single(listener.Addresses);
        Assert.NotEqual(0, bound.Port);
        using var asker = Asker(asked, bound.Port);

        Assert.Equal(length, asker.Ask().Length);
        Assert.Equal(length, asker.Ask().Length);
        var family = asked.Contains(':', StringComparison.Ordinal) ? "ipv6" : "ipv4";
        Assert.Equal([$"success {family}", $"success {family}"], _counts.Take(2));
    }

    // Every address of 127.0.0.0/8 is the host's own, so loopback is a host with many addresses; an answer would else come from 127.0.0.1.
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public async Task Request_AtOneOfManyAddresses_IsAnsweredFromThatOne(string listened)
    {
        await using var listener = Start(listened);
        var port = listener.Addresses[0].Port;
        using var asker = Asker("127.0.0.5", port);
        using var other = Asker("127.0.0.6", port);

        asker.Ask();
        other.Ask();
        asker.Ask();
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Datagram_ThatIsNoRequest_GetsNoAnswer(string name, byte[] datagram)
    {
        await using var listener = Start("::");
        foreach (var (address, family) in new[] { ("127.0.0.1", "ipv4"), ("::1", "ipv6") })
        {
            using var asker = Asker(address, listener.Addresses[0].Port);
            asker.Send(datagram);

            asker.Ask();
            Assert.True(_counts.Take(2) is [var refused, var answered] && refused == $"not_stun {family}" && answered == $"success {family}", name);
        }
    }

    [Fact]
    public async Task Flood_OfGarbage_StopsNothing()
    {
        await using var listener = Start("127.0.0.1");
        var random = new Random(1);
        using var flooder = Asker("127.0.0.1", listener.Addresses[0].Port);
        using var asker = Asker("127.0.0.1", listener.Addresses[0].Port);
        var garbage = new byte[StunMessage.MaxRequestLength + 1];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(garbage);
            Good.CopyTo(garbage, 0);
            garbage[random.Next(StunMessage.RequestLength)] ^= 1;
            flooder.Send(garbage.AsSpan(0, random.Next(garbage.Length)));
        }

        // The socket's buffer may be full for the moment, so a client asks more than once, as clients do.
        var transaction = default(StunTransactionId);
        var asking = Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                asker.Send(StunAsker.Request(transaction));
            }
        });
        Assert.True(StunMessage.TryReadResponse(asker.Receive(), out var answered, out _));
        Assert.Equal(transaction, answered);
        await asking;
    }

    [Fact]
    public async Task Start_BothFamilies_EachHasItsSocket()
    {
        await using var listener = Start("127.0.0.1", "::1", "127.0.0.2");

        Assert.Equal(["127.0.0.1", "::1", "127.0.0.2"], listener.Addresses.Select(address => address.Address.ToString()));
        foreach (var address in listener.Addresses)
        {
            using var asker = Asker(address.Address.ToString(), address.Port);
            asker.Ask();
        }
    }

    [Fact]
    public async Task Start_AddressInUse_SaysWhichAndKeepsNone()
    {
        await using var first = Start("127.0.0.1");
        var taken = first.Addresses[0];
        int free;
        using (var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            probe.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
            free = ((IPEndPoint)probe.LocalEndPoint!).Port;
        }

        var fault = Assert.Throws<IOException>(() => Start(new IPEndPoint(IPAddress.Parse("127.0.0.9"), free), taken));

        Assert.Contains($"{taken} (UDP)", fault.Message, StringComparison.Ordinal);
        await using var again = Start(new IPEndPoint(IPAddress.Parse("127.0.0.9"), free));
        using var asker = Asker("127.0.0.9", free);
        asker.Ask();
    }

    [Fact]
    public async Task Stop_WhileNothingComes_EndsTheThreadsAndFreesThePort()
    {
        var listener = Start("127.0.0.1", "::1");
        var address = listener.Addresses[0];
        await listener.DisposeAsync();
        await listener.DisposeAsync();

        await using var again = Start(address);
        using var asker = Asker("127.0.0.1", address.Port);
        asker.Ask();
    }

    [Fact]
    public async Task Stop_UnderLoad_Ends()
    {
        var listener = Start("127.0.0.1");
        using var asker = Asker("127.0.0.1", listener.Addresses[0].Port);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    asker.Send(Good);
                }
                catch (SocketException)
                {
                    // Nobody listens any more.
                }
            }
        });
        asker.Receive();
        await listener.DisposeAsync();
        await stop.CancelAsync();
        await load;
    }

    public void Dispose() => _counts.Dispose();

    private static StunAsker Asker(string server, int port)
    {
        var address = IPAddress.Parse(server);
        return new StunAsker(
            address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, new IPEndPoint(address, port));
    }

    private StunListener Start(params string[] addresses) =>
        Start([.. addresses.Select(address => new IPEndPoint(IPAddress.Parse(address), 0))]);

    private StunListener Start(params IPEndPoint[] addresses) =>
        StunListener.Start(addresses, _counts.Metrics, new ManualTimeProvider(), NullLoggerFactory.Instance);
}
