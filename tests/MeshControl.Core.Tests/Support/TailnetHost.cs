using MeshControl.Core.Diagnostics;
using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tests.Support;

/// <summary>
/// One tailnet with its writer over a database in memory, and nothing else that runs: sweeps and flushes are the test's.
/// </summary>
internal sealed class TailnetHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly IdAllocator _ids;
    private Task _writer = Task.CompletedTask;

    /// <param name="seed">Null: an empty tailnet.</param>
    /// <param name="settings">Null: those of <see cref="Make"/>.</param>
    /// <param name="run">False: commands wait until <see cref="Run"/>.</param>
    public TailnetHost(StoredTailnet? seed = null, TailnetSettings? settings = null, bool run = true)
    {
        seed ??= new StoredTailnet(new TailnetId(1), "default", 0);
        Store.Seed(seed);
        _ids = new IdAllocator(Store);
        Directory = new MeshDirectory(Time);
        Presence = new LazyPresence(Store, Log.CreateLogger<LazyPresence>());
        Tailnet = new Tailnet(
            TailnetSnapshot.From(Store.Rows.ToStored(seed.Presence), settings ?? Make.Settings()),
            new TailnetServices(Store, _ids, Presence, Directory, Time, Log, new CoreMetrics(Time), _stopping.Token));
        if (run)
        {
            Run();
        }
    }

    public FakeStore Store { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public RecordedLog Log { get; } = new();

    public MeshDirectory Directory { get; }

    public LazyPresence Presence { get; }

    public Tailnet Tailnet { get; }

    public TailnetSnapshot Snapshot => Tailnet.Snapshot;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Run() => _writer = Task.Run(Tailnet.RunAsync, CancellationToken.None);

    public Task<Result<T>> ExecuteAsync<T>(TailnetCommand<T> command) => Tailnet.ExecuteAsync(command, Cancel).WaitAsync(Cancel);

    /// <summary>Edits the draft as a command, and expects that it is taken.</summary>
    public async Task EditAsync(Action<TailnetDraft> edit)
    {
        var result = await ExecuteAsync(new EditCommand(edit));
        Assert.Null(result.Error);
    }

    public NodeEntry Entry(int node) => Snapshot.Nodes.TryGet(new NodeId(node), out var entry)
        ? entry
        : throw new InvalidOperationException($"There is no node {node}.");

    public void BeginStop() => _stopping.Cancel();

    /// <summary>Lets the writer finish what is queued.</summary>
    public async Task CompleteAsync()
    {
        Tailnet.CompleteQueue();
        await _writer.WaitAsync(Cancel);
    }

    public Task ReleaseIdsAsync() => _ids.ReleaseAsync(Cancel);

    public int[] Errors() => Log.Events(LogLevel.Error);

    public async ValueTask DisposeAsync()
    {
        await CompleteAsync();
        _ids.Dispose();
        _stopping.Dispose();
        Assert.Empty(Store.Breaches);
    }
}
