using System.Threading.Channels;
using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.RelayMaps;

/// <summary>
/// Keeps the map of the relays: merges what the configuration, URLs, files and the server's own relay say, looks at them again now and
/// then, and tells the tailnets when, and only when, something came of it.
/// <code>
/// configuration ─┐
/// URLs, copies  ─┼─► parts ─► MapMerge.MergeSound ─► the same as before? ─ no ─► publish
/// files         ─┤
/// own relay     ─┘
/// </code>
/// </summary>
/// <param name="sources">Not read yet.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of what changes.</param>
internal sealed class RelayMapService(MapSources sources, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>
    /// How long the first start waits for maps that it has no copy of. Clients that come before the map get it when it comes, so it is
    /// better to serve than to wait.
    /// </summary>
    public static readonly TimeSpan FirstMapTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The first of the waits after a failure; each further one is twice as long, up to the update frequency.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);

    /// <summary>So many doublings of a minute are longer than any update frequency.</summary>
    private const int MostDoublings = 16;

    private readonly MapDownload _download = new(time);

    /// <summary>One reader; what comes while a look is asked for asks for the same.</summary>
    private readonly Channel<bool> _looks =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Guards the sources, and puts what is published in order.</summary>
    private readonly SemaphoreSlim _gate = new(1);

    private Func<DerpMap, CancellationToken, Task>? _publish;
    private Task _firstLook = Task.CompletedTask;
    private volatile PublishedMap _current = PublishedMap.Empty;
    private volatile IReadOnlyList<MapSourceStatus> _status = [];

    /// <summary>The map that clients are told.</summary>
    public PublishedMap Current => _current;

    /// <summary>Where it comes from, in the order of merging.</summary>
    public IReadOnlyList<MapSourceStatus> Status => _status;

    /// <summary>A number from 0 to 1, for the moment of the next look: many servers may have started at once.</summary>
    public Func<double> Jitter { get; init; } = () => 0.5;

    /// <summary>
    /// Makes the first map, of what the configuration says and the copies on disk, and begins to ask the URLs. It waits for them only if
    /// there is no copy, and not for long.
    /// </summary>
    /// <param name="ownRegion">The region of the server's own relay; null: there is none.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public async Task StartAsync(DerpRegion? ownRegion, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            () =>
            {
                sources.OwnRegion = ownRegion;
                sources.TakeOver(sources.Options);
            },
            cancellationToken);
        if (sources.Remotes.Count == 0)
        {
            return;
        }

        var missing = sources.Remotes.Where(remote => remote.Map is null).ToList();
        _firstLook = LookAsync(_stopping.Token);
        try
        {
            if (missing.Count > 0)
            {
                await _firstLook.WaitAsync(FirstMapTimeout, time, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            var late = missing.Where(remote => remote.Map is null && remote.Problem is null).Select(remote => remote.Name).ToArray();
            if (late.Length > 0)
            {
                Log.RelayMapLate(logger, string.Join(", ", late), FirstMapTimeout);
            }
        }
    }

    /// <summary>From now on changes are published, at first what changed until now.</summary>
    /// <param name="known">What the tailnets have.</param>
    /// <param name="publish">Gives them another map; called one at a time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ConnectAsync(DerpMap known, Func<DerpMap, CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _publish = publish;
            if (!_current.Map.Equals(known))
            {
                await publish(_current.Map, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The server's own relay has come, gone, or changed its certificate.</summary>
    public Task SetOwnRegionAsync(DerpRegion? region, CancellationToken cancellationToken) =>
        ChangeAsync(() => sources.OwnRegion = region, cancellationToken);

    /// <summary>The configuration was loaded again, with its files. The URLs are asked at once, but not waited for.</summary>
    public async Task ReloadAsync(DerpOptions reloaded, CancellationToken cancellationToken)
    {
        await ChangeAsync(() => sources.TakeOver(reloaded), cancellationToken);
        _looks.Writer.TryWrite(true);
    }

    /// <summary>Looks at URLs and files again and again, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _firstLook.WaitAsync(cancellationToken);
        while (true)
        {
            using (var pause = new CancellationTokenSource(await NextWaitAsync(cancellationToken), time))
            using (var linked = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancellationToken))
            {
                try
                {
                    await _looks.Reader.ReadAsync(linked.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // It is time.
                }
            }

            await LookAsync(cancellationToken);
        }
    }

    /// <summary>Looks at all files, and asks all URLs at once. Each is taken over when it comes, whatever the others do.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RemoteMap> remotes = [];
        await ChangeAsync(
            () =>
            {
                sources.ReadFiles();
                remotes = sources.Remotes;
            },
            cancellationToken);
        await Task.WhenAll(remotes.Select(remote => RefreshAsync(remote, cancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _firstLook.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _download.Dispose();
        _stopping.Dispose();
        _gate.Dispose();
    }

    /// <summary>Refreshes, whatever somebody's answer does to us: the next look may find a better one.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.RelayMapLookFailed(logger, exception);
        }
    }

    private async Task RefreshAsync(RemoteMap remote, CancellationToken cancellationToken)
    {
        var answer = await _download.GetAsync(remote.Url, remote.Copy, cancellationToken);
        await ChangeAsync(
            () =>
            {
                // A reload may have taken it off the list meanwhile.
                if (sources.Remotes.Contains(remote))
                {
                    sources.Apply(remote, answer);
                }
            },
            cancellationToken);
    }

    private async Task<TimeSpan> NextWaitAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var (isOn, regular) = (sources.Options.AutoUpdate, sources.Options.UpdateFrequency * (0.9 + (0.2 * Jitter())));

            // Without updates, too, for what never came: at a reload somebody would have to think of it.
            var failing = sources.Remotes.Where(remote => remote.Problem is not null && (isOn || remote.Map is null)).ToList();
            if (failing.Count == 0)
            {
                return isOn ? regular : Timeout.InfiniteTimeSpan;
            }

            var retry = FirstRetry * (1 << Math.Min(failing.Min(remote => remote.Failures) - 1, MostDoublings));
            return retry < regular ? retry : regular;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Changes something about the sources, and publishes what comes of it.</summary>
    private async Task ChangeAsync(Action change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            change();
            var merged = sources.Merge();
            _status = sources.Report(merged);
            merged = merged with { Map = MapMerge.After(_current.Map, merged.Map) };
            if (merged.Map.Equals(_current.Map))
            {
                _current = _current with { Origins = merged.Origins };
                return;
            }

            if (merged.Map.Regions is not { Count: > 0 } && _current.Map.Regions is { Count: > 0 })
            {
                // Clients would drop every relay they have: rather one too old than none. A URL that is new may still come, and the own relay
                // with the next start.
                Log.RelayMapEmpty(logger);
                return;
            }

            if (_publish is not null)
            {
                Log.RelayMapChanged(logger, merged.Map.Regions!.Count);
                await _publish(merged.Map, cancellationToken);
            }

            // Last, so that what could not be published is still a change when it is looked at again.
            _current = PublishedMap.Of(merged);
        }
        finally
        {
            _gate.Release();
        }
    }
}
