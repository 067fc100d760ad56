using MeshControl.Core.Diagnostics;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Nodes;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Storage;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// All tailnets of a server, and the tasks that serve them: one writer each, one sweep for all. Whoever has one tailnet never
/// needs to know that there could be more.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    /// <summary>The tailnet that exists from the start.</summary>
    public const string DefaultTailnet = "default";

    /// <summary>How often offline nodes are looked for: the finest grain of the grace period.</summary>
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long volatile state may be unwritten: what a crash loses of it.</summary>
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long the change log goes back: longer than a replica may be away.</summary>
    private static readonly TimeSpan ChangeRetention = TimeSpan.FromDays(7);

    private static readonly TimeSpan TrimInterval = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a task may do nothing. Far more than a statement may take on a database that does not answer, after which the task goes
    /// on: a restart would mend nothing there.
    /// </summary>
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(3);

    private readonly Dictionary<TailnetId, Tailnet> _tailnets = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TailnetServices _services;
    private readonly ILogger _logger;
    private readonly Heartbeat _sweeping;
    private Task _writers = Task.CompletedTask;
    private Task _sweep = Task.CompletedTask;
    private bool _stopped;

    private ControlPlane(IMeshStore store, TimeProvider time, ILoggerFactory loggerFactory)
    {
        _services = new TailnetServices(
            store,
            new IdAllocator(store),
            new LazyPresence(store, loggerFactory.CreateLogger<LazyPresence>()),
            new MeshDirectory(time),
            time,
            loggerFactory,
            new CoreMetrics(time),
            _stopping.Token);
        _logger = loggerFactory.CreateLogger<ControlPlane>();
        _sweeping = new Heartbeat(time);
        Relays = new RelayAccess(this, time, _services.Directory.Retired);
        Logins = new LoginService(store, time, loggerFactory.CreateLogger<LoginService>());
        SshChecks = new SshCheckService(store, time, loggerFactory.CreateLogger<SshCheckService>());
    }

    /// <summary>The tailnet of whoever has just one.</summary>
    public Tailnet Default { get; private set; } = null!;

    public IReadOnlyCollection<Tailnet> Tailnets => _tailnets.Values;

    /// <summary>Who may use relays.</summary>
    public RelayAccess Relays { get; }

    /// <summary>Who waits to be let in.</summary>
    public LoginService Logins { get; }

    /// <summary>Which logins by SSH wait for a check, or had one.</summary>
    public SshCheckService SshChecks { get; }

    /// <summary>Machines whose devices were turned away.</summary>
    internal RejectedMachines Rejected => _services.Directory.Rejected;

    /// <summary>What the core counts.</summary>
    public CoreMetrics Metrics => _services.Metrics;

    /// <summary>
    /// Whether the server does its work: no writer and not the sweep is stuck. One that waits for a database that is away is not, as it
    /// tries again and again.
    /// </summary>
    public bool IsAlive
    {
        get
        {
            var writing = _tailnets.Values.Where(tailnet => tailnet.Writing.IsBusy).Select(tailnet => tailnet.Writing.Age).ToArray();

            // The sweep waits for writers.
            return Array.TrueForAll(writing, age => age < StallLimit) && (writing.Length > 0 || _sweeping.Age < StallLimit);
        }
    }

    /// <summary>Reads the database and starts. Throws when it cannot be read.</summary>
    /// <param name="store">Migrated and locked for this server.</param>
    /// <param name="settings">Of the default tailnet, and of others until they have their own.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggerFactory">Where messages go.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<ControlPlane> StartAsync(
        IMeshStore store, TailnetSettings settings, TimeProvider time, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var plane = new ControlPlane(store, time, loggerFactory);
        var stored = await store.LoadAsync(cancellationToken);
        if (stored.Count == 0)
        {
            stored = [await store.CreateTailnetAsync(DefaultTailnet, Clock.Now(time), cancellationToken)];
        }

        foreach (var one in stored)
        {
            var tailnet = new Tailnet(TailnetSnapshot.From(one, settings), plane._services);
            plane._tailnets.Add(one.Id, tailnet);
            Log.TailnetLoaded(plane._logger, one.Name, one.Users.Count, one.Nodes.Count);
            foreach (var node in one.Nodes)
            {
                // Only from outside can such a name have come into the database, and whoever put it there knows what it should be.
                if (GivenNames.Check(node.GivenName) is { } problem)
                {
                    Log.NameIsNone(plane._logger, node.Id.Value, problem);
                }
            }
        }

        await plane.Logins.LoadAsync(cancellationToken);
        await plane.SshChecks.LoadAsync(cancellationToken);
        plane.Default = plane._tailnets.Values.FirstOrDefault(tailnet => tailnet.Snapshot.Name == DefaultTailnet)
            ?? plane._tailnets.Values.OrderBy(tailnet => tailnet.Id.Value).First();
        plane.Metrics.Observe(plane.Tailnets, plane.Logins, plane.SshChecks);
        plane._writers = Task.WhenAll(plane._tailnets.Values.Select(tailnet => Task.Run(tailnet.RunAsync, CancellationToken.None)));
        foreach (var tailnet in plane._tailnets.Values)
        {
            // Approval may have been turned off meanwhile. What goes wrong here is logged by the writer, and no reason not to start.
            await ApproveExemptAsync(tailnet, cancellationToken);
        }

        plane._sweep = Task.Run(plane.SweepAsync, CancellationToken.None);
        return plane;
    }

    /// <summary>The tailnet that a node key is registered in, or null.</summary>
    public Tailnet? FindByNodeKey(NodePublicKey key) => _services.Directory.FindNode(key) is { } id ? _tailnets[id] : null;

    /// <summary>A node of a machine, and its tailnet; or null.</summary>
    public (Tailnet Tailnet, NodeEntry Entry)? FindNode(NodeId id, MachinePublicKey machine)
    {
        foreach (var tailnet in _tailnets.Values)
        {
            if (tailnet.Snapshot.Nodes.TryGet(id, out var entry))
            {
                return entry.Node.MachineKey == machine ? (tailnet, entry) : null;
            }
        }

        return null;
    }

    /// <summary>A tailnet of this server.</summary>
    public Tailnet? Find(TailnetId id) => _tailnets.GetValueOrDefault(id);

    /// <summary>A pre-auth key by what is kept of its secret, and the tailnet it lets into; or null.</summary>
    public (Tailnet Tailnet, PreAuthKeyId Key)? FindByPreAuthKey(SecretHash hash) =>
        _services.Directory.FindPreAuthKey(hash) is { } found ? (_tailnets[found.Tailnet], found.Key) : null;

    /// <summary>Takes over what the configuration says now; clients are told at once of what concerns them.</summary>
    /// <returns>Null, or why a tailnet did not take it.</returns>
    public async Task<CoreError?> ReplaceSettingsAsync(TailnetSettings settings, CancellationToken cancellationToken)
    {
        foreach (var tailnet in _tailnets.Values)
        {
            if ((await tailnet.ExecuteAsync(new ReplaceSettingsCommand(settings), cancellationToken)).Error is { } error)
            {
                return error;
            }

            if (await ApproveExemptAsync(tailnet, cancellationToken) is { } notApproved)
            {
                return notApproved;
            }
        }

        return null;
    }

    /// <summary>Ends all map streams and waits for logins and checks, and lets no new ones in: the first step of a stop, before the web server's.</summary>
    public void EndStreams()
    {
        Logins.Stop();
        SshChecks.Stop();
        foreach (var tailnet in _tailnets.Values)
        {
            tailnet.Sessions.Stop();
        }
    }

    /// <summary>
    /// Ends all map streams, lets the writers finish what is queued, and writes what is volatile. Safe to call twice.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        EndStreams();
        foreach (var tailnet in _tailnets.Values)
        {
            tailnet.CompleteQueue();
        }

        await _stopping.CancelAsync();
        await _sweep.WaitAsync(cancellationToken);
        await _writers.WaitAsync(cancellationToken);
        foreach (var tailnet in _tailnets.Values)
        {
            tailnet.PublishPresenceAtStop();
        }

        await Logins.FlushAsync(cancellationToken);
        await SshChecks.FlushAsync(cancellationToken);
        await _services.Presence.FlushAsync(cancellationToken);
        await _services.Ids.ReleaseAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        Logins.Dispose();
        SshChecks.Dispose();
        _services.Ids.Dispose();
        _services.Metrics.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Lets in who waits though the settings ask for no approval any more.</summary>
    private static async Task<CoreError?> ApproveExemptAsync(Tailnet tailnet, CancellationToken cancellationToken) =>
        tailnet.Snapshot.Nodes.Any(entry => entry.Node.NeedsApproval)
            ? (await tailnet.ExecuteAsync(new ApproveExemptCommand(), cancellationToken)).Error
            : null;

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepInterval, _services.Time);
        var (flushed, trimmed) = (Clock.Now(_services.Time), DateTimeOffset.MinValue);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                _sweeping.Beat();
                try
                {
                    var now = Clock.Now(_services.Time);
                    var flush = now - flushed >= FlushInterval;
                    flushed = flush ? now : flushed;
                    foreach (var tailnet in _tailnets.Values)
                    {
                        await tailnet.Sessions.SweepAsync(_stopping.Token);
                        await tailnet.Ephemerals.SweepAsync(_stopping.Token);
                    }

                    Logins.Sweep();
                    await Logins.FlushAsync(_stopping.Token);
                    SshChecks.Sweep(_tailnets.Values);
                    await SshChecks.FlushAsync(_stopping.Token);
                    if (flush)
                    {
                        await _services.Presence.FlushAsync(_stopping.Token);
                    }

                    if (now - trimmed >= TrimInterval)
                    {
                        trimmed = now;
                        await _services.Store.TrimChangesAsync(now - ChangeRetention, _stopping.Token);
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.BackgroundFailed(_logger, nameof(SweepAsync), exception);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
