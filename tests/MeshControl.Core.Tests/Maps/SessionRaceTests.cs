using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps;

/// <summary>Streams that open, read and close on many threads while the writer tells them what changes.</summary>
public sealed class SessionRaceTests
{
    private const int Nodes = 1000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestAddToBatch_ConcurrentTargeted_NoDataLoss")]
    [Trait("Acceptance", "TestAddToBatch_ConcurrentBroadcast")]
    [Trait("Acceptance", "TestProcessBatchedChanges_ConcurrentAdd_NoDataLoss")]
    [Trait("Acceptance", "TestBug1_BroadcastNoDataLoss")]
    [Trait("Acceptance", "TestScale1000_ProcessBatchedWithConcurrentAdd")]
    public async Task Change_OfManyNodesAtOnceWhileAllRead_ReachesEach()
    {
        const int Changed = 200;
        await using var host = new TailnetHost(Seeds.WithNodes(Nodes));
        var streams = await OpenAllAsync(host, 1);

        var changing = Parallel.ForEachAsync(Enumerable.Range(1, Changed), Cancel, async (id, _) => await SetPortAsync(host, id, id));
        await Task.WhenAll(changing, ReadUntilAsync(changing, streams));

        Assert.All(streams, stream => Assert.Equal(
            Enumerable.Range(1, Changed).Where(id => id != stream.Key.NodeId.Value).ToDictionary(id => (long)id, id => id),
            stream.Value));
    }

    [Fact]
    [Trait("Acceptance", "TestBatcherWorkerChannelSafety")]
    [Trait("Acceptance", "TestBatcherConcurrentClients")]
    [Trait("Acceptance", "TestScale1000_ConnectionChurn")]
    [Trait("Acceptance", "TestScale1000_ConcurrentAddRemove")]
    [Trait("Acceptance", "TestScale1000_IsConnectedConsistency")]
    [Trait("Acceptance", "TestScale1000_BroadcastDuringNodeChurn")]
    [Trait("Acceptance", "TestMultiChannelSend_ConcurrentAddAndSend")]
    [Trait("Acceptance", "TestMultiChannelSend_ConcurrentRemoveAndSend")]
    [Trait("Acceptance", "TestConnectionEntry_ConcurrentSendAndClose")]
    public async Task Change_WhileAFifthOpensAndCloses_ReachesThoseWhoStay()
    {
        const int Passing = Nodes / 5;
        const int Changes = 100;
        await using var host = new TailnetHost(Seeds.WithNodes(Nodes));
        var sessions = host.Tailnet.Sessions;
        var streams = await OpenAllAsync(host, Passing + 1);

        var busy = Task.WhenAll(
            Parallel.ForEachAsync(Enumerable.Range(1, Passing), Cancel, async (id, _) =>
            {
                for (var round = 0; round < 3; round++)
                {
                    var session = (await sessions.OpenAsync(host.Entry(id), 130, Cancel))!;
                    Assert.True(sessions.TryGet(session.NodeId, out var open) && open == session);
                    Assert.NotNull(session.FirstMessage());
                    session.NextMessage();
                    sessions.Close(session);
                    Assert.False(sessions.IsOpen(session.NodeId));
                    session.NextMessage();
                }
            }),
            Parallel.ForEachAsync(Enumerable.Range(1, Changes), Cancel, async (change, _) => await SetPortAsync(host, Nodes - change, change)),
            Task.Run(
                async () =>
                {
                    for (var id = Nodes + 1; id <= Nodes + Changes; id++)
                    {
                        await host.EditAsync(draft => draft.Add(Make.Node(id)));
                        await host.EditAsync(draft => draft.Remove(Find(draft, id)));
                    }
                },
                Cancel));
        await Task.WhenAll(busy, ReadUntilAsync(busy, streams));

        Assert.Equal(streams.Count, sessions.Count);
        Assert.All(streams, stream => Assert.Equal(
            Enumerable.Range(1, Changes).Where(change => Nodes - change != stream.Key.NodeId.Value).ToDictionary(change => (long)(Nodes - change), change => change),
            stream.Value));
        Assert.All(streams.Keys, session => Assert.Equal(SessionEnd.None, session.End));
        Assert.Empty(host.Errors());
    }

    [Fact]
    [Trait("Acceptance", "TestExtraRecordsConcurrentUpdateNoRace")]
    public async Task ExtraRecords_ReplacedWhileMapsAreMade_AreOfOneSetInEach()
    {
        const int Sets = 100;
        await using var host = new TailnetHost(Seeds.WithNodes(2));
        await SetRecordsAsync(0);

        var replacing = Task.Run(
            async () =>
            {
                for (var set = 1; set <= Sets; set++)
                {
                    await SetRecordsAsync(set);
                }
            },
            Cancel);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                var seen = 0;
                while (seen < Sets)
                {
                    var values = host.Tailnet.Sessions.FullMap(new NodeId(1))!.Read().DnsConfig!.ExtraRecords!.Select(record => record.Value).ToArray();
                    Assert.Equal(3, values.Length);
                    var value = int.Parse(Assert.Single(values.Distinct()), System.Globalization.CultureInfo.InvariantCulture);
                    Assert.InRange(value, seen, Sets);
                    seen = value;
                }
            },
            Cancel)).Append(replacing));

        Task SetRecordsAsync(int set) => host.EditAsync(draft => draft.Apply(draft.Snapshot.Settings with
        {
            Dns = new DnsSettings
            {
                ExtraRecords = [.. Enumerable.Range(0, 3).Select(i => new DnsRecord { Name = $"host{i}.mesh.test", Type = "A", Value = $"{set}" })],
            },
        }));
    }

    /// <summary>Open streams from one node on, with the ports of other nodes that each was told of.</summary>
    private static async Task<Dictionary<MapSession, Dictionary<long, int>>> OpenAllAsync(TailnetHost host, int first)
    {
        var streams = new Dictionary<MapSession, Dictionary<long, int>>();
        for (var id = first; id <= Nodes; id++)
        {
            streams.Add((await host.Tailnet.Sessions.OpenAsync(host.Entry(id), 130, Cancel))!, []);
        }

        Assert.All(streams.Keys, session => Assert.NotNull(session.FirstMessage()));
        return streams;
    }

    /// <summary>Reads all streams again and again, and once more when all is done that they are told of.</summary>
    private static Task ReadUntilAsync(Task done, Dictionary<MapSession, Dictionary<long, int>> streams) => Task.Run(
        () =>
        {
            bool last;
            do
            {
                last = done.IsCompleted;
                foreach (var (session, ports) in streams)
                {
                    foreach (var patch in session.NextMessage()?.ToResponse().PeersChangedPatch ?? [])
                    {
                        if (patch.Endpoints is [var endpoint])
                        {
                            ports[patch.NodeId] = endpoint.Port;
                        }
                    }
                }
            }
            while (!last);
        },
        Cancel);

    private static Task SetPortAsync(TailnetHost host, int node, int port) => host.EditAsync(draft =>
    {
        var entry = Find(draft, node);
        draft.Update(entry, presence: entry.Presence with { Endpoints = [Make.Endpoint(port)] });
    });

    private static NodeEntry Find(TailnetDraft draft, int node) =>
        draft.Snapshot.Nodes.TryGet(new NodeId(node), out var entry) ? entry : throw new InvalidOperationException($"There is no node {node}.");
}
