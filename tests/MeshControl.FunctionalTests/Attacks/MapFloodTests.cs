using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>Nodes that have a valid login and make all the work with maps that they can.</summary>
[Collection(AttackCollection.Name)]
public sealed class MapFloodTests
{
    private const int Requests = 500;
    private const int Updates = 3000;
    private const int SlowReaders = 8;
    private const int RequestsPerWrite = 20;
    private const int CancelCode = 8;
    private const ushort InitialWindowSize = 4;

    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 50 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_HundredsOfOneNode_OnlyTheLastStays()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var attacker = await attacked.LogInAsync("attacker");
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        var streams = new ConcurrentBag<HttpResponseMessage>();
        var attack = Parallel.ForAsync(0, Requests, AtOnce, async (_, _) =>
        {
            try
            {
                streams.Add(await attacker.Client.OpenMapAsync(attacker.CreateMapRequest(stream: true, omitPeers: false), Token));
            }
            catch (ControlException exception) when (exception.Status == HttpStatusCode.Conflict)
            {
                // Another one had begun before this one had its first map.
            }
        });

        await attacked.AssertJoinsAsync();
        await attack;
        Assert.NotEmpty(streams);
        var ends = streams.Select(stream => stream.Content.CopyToAsync(Stream.Null, Token)).ToHashSet();
        while (ends.Count > 1)
        {
            var end = await Task.WhenAny(ends);
            await end;
            ends.Remove(end);
        }

        memory.AssertFlat();
        Assert.True(attacked.Server.Tailnet.Sessions.IsOpen(attacked.Server.Entry(attacker).Id));
        await attacked.AssertServesAsync();
        Assert.False(ends.Single().IsCompleted);
        foreach (var stream in streams)
        {
            stream.Dispose();
        }
    }

    [Fact]
    public async Task Streams_HundredsThatAreGivenUpAtOnce_LeaveNothing()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var attacker = await attacked.LogInAsync("attacker");
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        var request = ControlJson.SerializeToUtf8Bytes(attacker.CreateMapRequest(stream: true, omitPeers: false));
        await using (var peer = await OpenAsync(attacked, attacker))
        {
            try
            {
                for (var sent = 0; sent < Requests; sent += RequestsPerWrite)
                {
                    byte[] frames = [.. Enumerable.Range(sent, RequestsPerWrite).SelectMany(number => GivenUp((2 * number) + 1, request))];
                    await peer.SendAsync(frames, Token);
                }
            }
            catch (IOException)
            {
                // The server may have had enough of the channel.
            }

            await attacked.AssertJoinsAsync();
        }

        while (attacked.Server.Tailnet.Sessions.IsOpen(attacked.Server.Entry(attacker).Id))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        memory.AssertFlat();
        await attacked.AssertJoinsAsync();
    }

    [Fact]
    public async Task WholeMaps_InALoopWithoutAStream_KeepNobodyWaiting()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var attacker = await attacked.LogInAsync("attacker");
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        var attack = Parallel.ForAsync(0, Requests, AtOnce, async (_, _) => Assert.NotNull((await attacker.FetchMapAsync(Token)).FindPeer("resident")));

        await attacked.AssertServesAsync();
        await attack;

        memory.AssertFlat();
        await attacked.AssertServesAsync();
    }

    [Fact]
    public async Task Stream_ReadByteByByteWhileMuchChanges_HoldsNoneOfIt()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var restless = await attacked.LogInAsync("restless");
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var readers = new List<Task<int>>();
        for (var number = 0; number < SlowReaders; number++)
        {
            readers.Add(ReadByteByByteAsync(attacked, await attacked.LogInAsync($"reader{number}"), enough.Token));
        }

        await Parallel.ForAsync(1, Updates, AtOnce, async (port, _) => await MoveAsync(restless, port));
        await attacked.AssertJoinsAsync();

        memory.AssertFlat();
        Assert.DoesNotContain(readers, reader => reader.IsCompleted);
        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(readers), read => Assert.NotEqual(0, read));
        await attacked.AssertJoinsAsync();
    }

    [Fact]
    public async Task Endpoints_ThousandsOfChangesOfOneNode_ReachTheOthersAsTheLastOne()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var restless = await attacked.LogInAsync("restless");

        await ChangeAsync(attacked, number => MoveAsync(restless, number));

        await attacked.Resident.WaitForAsync(map => map.FindPeer("restless")?.Endpoints is [{ Port: Updates }]);
    }

    // Each of them is stored, searched a free name for, and told whole to everybody.
    [Fact]
    public async Task HostNames_ThousandsOfChangesOfOneNode_ReachTheOthersAsTheLastOne()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var restless = await attacked.LogInAsync("restless");

        await ChangeAsync(attacked, number => UpdateAsync(
            restless, update => update with { Hostinfo = update.Hostinfo! with { Hostname = $"restless{number}" } }));

        await attacked.Resident.WaitForAsync(map => map.FindPeer($"restless{Updates}") is not null);
        Assert.Single(attacked.Server.Tailnet.Snapshot.Nodes, entry => entry.Node.GivenName.StartsWith("restless", StringComparison.Ordinal));
    }

    /// <summary>Makes thousands of changes, the last one alone, while others come and see each other.</summary>
    private static async Task ChangeAsync(AttackedServer attacked, Func<int, Task> change)
    {
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        var attack = Parallel.ForAsync(1, Updates, AtOnce, async (number, _) => await change(number));

        await attacked.AssertJoinsAsync();
        await attack;
        await change(Updates);

        memory.AssertFlat();
        await attacked.AssertServesAsync();
    }

    private static Task MoveAsync(SimulatedNode node, int port) => UpdateAsync(node, update => update with
    {
        Endpoints = [new IPEndPoint(IPAddress.Loopback, port)],
        EndpointTypes = [EndpointKinds.Stun],
    });

    private static Task UpdateAsync(SimulatedNode node, Func<MapRequest, MapRequest> change) =>
        node.Client.PostMapAsync(change(node.CreateMapRequest(stream: false, omitPeers: true)), Token);

    /// <summary>Opens a map stream with room for one byte, and makes room for the next one when it has come.</summary>
    /// <returns>The bytes that came until it was enough.</returns>
    private static async Task<int> ReadByteByByteAsync(AttackedServer attacked, SimulatedNode node, CancellationToken enough)
    {
        var read = 0;
        await using var peer = await OpenAsync(attacked, node);
        var oneByte = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(oneByte, InitialWindowSize);
        oneByte[^1] = 1;
        await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, oneByte), Token);
        await peer.SendAsync(Request(1, ControlJson.SerializeToUtf8Bytes(node.CreateMapRequest(stream: true, omitPeers: false))), Token);
        var room = new Http2Frame(Http2FrameType.WindowUpdate, 0, 1, new byte[] { 0, 0, 0, 1 });
        try
        {
            while (true)
            {
                read += (await peer.ReadFrameAsync(Http2FrameType.Data, enough)).Payload.Length;
                await peer.SendFrameAsync(room, enough);
            }
        }
        catch (OperationCanceledException)
        {
            return read;
        }
    }

    private static async Task<ScriptedPeer> OpenAsync(AttackedServer attacked, SimulatedNode node)
    {
        var peer = await ScriptedPeer.ShakeHandsAsync(attacked.Server.Endpoint, node.Identity.MachineKey, attacked.ServerKey, Token);
        await peer.StartHttp2Async(Token);
        return peer;
    }

    private static byte[] GivenUp(int stream, byte[] body) =>
        [.. Request(stream, body), .. new Http2Frame(Http2FrameType.ResetStream, 0, stream, new byte[] { 0, 0, 0, CancelCode }).Encode()];

    private static byte[] Request(int stream, byte[] body)
    {
        var head = Hpack.Encode((":method", "POST"), (":scheme", "https"), (":authority", "unused"), (":path", "/machine/map"));
        return
        [
            .. new Http2Frame(Http2FrameType.Headers, Http2Frame.EndHeaders, stream, head).Encode(),
            .. new Http2Frame(Http2FrameType.Data, Http2Frame.EndStream, stream, body).Encode(),
        ];
    }
}
