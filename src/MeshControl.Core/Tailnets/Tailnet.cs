using System.Threading.Channels;
using MeshControl.Core.Diagnostics;
using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// A running tailnet: its snapshot, its queue of commands and the one writer that empties it.
/// <code>
/// command ─► queue ─► draft (validate, edit) ─► store (one transaction per batch) ─► snapshot, sessions ─► answer
/// </code>
/// Nothing is answered before it is durable; nothing is seen by anybody before it is durable.
/// </summary>
public sealed partial class Tailnet
{
    /// <summary>Commands that may wait: a storm of ten thousand nodes fits, a runaway producer does not.</summary>
    internal const int QueueCapacity = 32_768;

    /// <summary>Commands that share a transaction: beyond this a batch only delays those in it.</summary>
    internal const int MaxBatch = 512;

    private readonly Channel<TailnetCommand> _queue = Channel.CreateBounded<TailnetCommand>(
        new BoundedChannelOptions(QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly TailnetServices _services;
    private readonly ILogger _logger;

    // Swapped by the writer alone.
    private volatile TailnetSnapshot _snapshot;

    internal Tailnet(TailnetSnapshot snapshot, TailnetServices services)
    {
        _snapshot = snapshot;
        _services = services;
        _logger = services.LoggerFactory.CreateLogger<Tailnet>();
        Policies = new PolicyService(this, services.Store, services.Metrics.Policies, _logger);
        Sessions = new MapSessions(this, services.Time, _logger);
        Writing = new Heartbeat(services.Time);
        Ephemerals = new EphemeralNodes(this, services.Time, _logger);
        services.Directory.Apply(
            snapshot.Id,
            [.. snapshot.Nodes.Select(entry => ((NodeEntry?)null, (NodeEntry?)entry))],
            snapshot.PreAuthKeys.Values.Select(key => ((PreAuthKey?)null, (PreAuthKey?)key)));
    }

    public TailnetId Id => _snapshot.Id;

    /// <summary>The current state. Take it once per operation.</summary>
    public TailnetSnapshot Snapshot => _snapshot;

    /// <summary>Commands that wait for the writer.</summary>
    internal int QueueLength => _queue.Reader.Count;

    /// <summary>The time, in whole microseconds.</summary>
    internal DateTimeOffset Now => Clock.Now(_services.Time);

    /// <summary>The writer's; it beats with each batch, and with each attempt to reach a database that is away.</summary>
    internal Heartbeat Writing { get; }

    /// <summary>Who may reach whom, and who decided so when.</summary>
    public PolicyService Policies { get; }

    /// <summary>The open map streams of this tailnet.</summary>
    public MapSessions Sessions { get; }

    /// <summary>The end of those that are not meant to stay.</summary>
    internal EphemeralNodes Ephemerals { get; }

    /// <summary>Queues a command and waits until what it decided is durable and published.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; the command may take effect all the same.</exception>
    public async Task<Result<TResult>> ExecuteAsync<TResult>(TailnetCommand<TResult> command, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(command, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return Stopping;
        }

        return await command.Completion.WaitAsync(cancellationToken);
    }

    /// <summary>Turns a device away that waits for approval; its user is told so at the next login.</summary>
    /// <param name="id">Its node.</param>
    /// <param name="cancellationToken">The caller gives up; the command may take effect all the same.</param>
    /// <returns>What was removed.</returns>
    public Task<Result<NodeEntry>> RejectAsync(NodeId id, CancellationToken cancellationToken) =>
        ExecuteAsync(new RejectNodeCommand(id, _services.Directory.Rejected), cancellationToken);

    /// <summary>The writer; runs until <see cref="CompleteQueue"/> and the last queued command.</summary>
    internal async Task RunAsync()
    {
        var batch = new List<TailnetCommand>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var command))
            {
                batch.Add(command);
            }

            Writing.Begin();
            try
            {
                await ProcessAsync(batch);
            }
            catch (Exception exception)
            {
                // The writer outlives any fault, or everybody would wait for ever. Should memory now lack what the database
                // has, then the next commit is fenced, and reads it.
                Log.BackgroundFailed(_logger, nameof(ProcessAsync), exception);
                batch.ForEach(command => command.Throw(exception));
            }
            finally
            {
                Writing.End();
            }
        }
    }

    internal void CompleteQueue() => _queue.Writer.TryComplete();

    /// <summary>The last word on presence at a stop: those that are connected were last seen now, as nobody will write later.</summary>
    internal void PublishPresenceAtStop()
    {
        var now = Now;
        var online = _snapshot.Nodes
            .Where(entry => entry.Presence.Online && !Sessions.IsAwaited(entry.Id))
            .Select(entry => KeyValuePair.Create(entry.Id, (NodePresence?)(entry.Presence with { LastSeen = now })));
        _services.Presence.Publish(Id, _snapshot.Version, [.. online]);
    }

    private static CoreError Stopping => CoreError.Unavailable("The server is stopping.");

    private static CoreError NotWritten =>
        CoreError.Unavailable("The database did not take the change; nothing was changed, try again.");

    private static CoreError InDoubt =>
        CoreError.Unavailable("The server stopped before it learned whether the change was written; look before trying again.");

    private static Dictionary<IdKind, int> CountIds(List<TailnetCommand> batch)
    {
        var counts = new Dictionary<IdKind, int>();
        foreach (var command in batch)
        {
            if (command.NeedsId is { } kind)
            {
                counts[kind] = counts.GetValueOrDefault(kind) + 1;
            }
        }

        return counts;
    }

    private async Task ProcessAsync(List<TailnetCommand> batch)
    {
        var outcome = await TryCommitAsync(batch, write: true);
        if (outcome == CommitOutcome.Committed)
        {
            return;
        }

        // One of them is at fault, or the database is. Those that are neither must not suffer for it: each is tried alone, and
        // without the database at least what needs no transaction goes through, such as that a node is online.
        var write = outcome == CommitOutcome.ConstraintViolated;
        foreach (var command in batch)
        {
            var alone = await TryCommitAsync([command], write);
            if (alone != CommitOutcome.Committed)
            {
                Refuse(command, write ? alone : outcome);
            }
        }
    }

    private void Refuse(TailnetCommand command, CommitOutcome outcome)
    {
        if (outcome == CommitOutcome.ConstraintViolated)
        {
            Log.CommandConflicts(_logger, command.GetType().Name);
        }

        command.Fail(outcome switch
        {
            CommitOutcome.ConstraintViolated =>
                CoreError.AlreadyExists("It conflicts with what the database holds: a name, key or address is taken."),
            CommitOutcome.Unknown => InDoubt,
            _ => NotWritten,
        });
    }

    /// <summary>Decides, commits, publishes and acknowledges a batch; or does none of these and says why.</summary>
    /// <param name="batch">Commands that turn out to be faulty are told so and taken out.</param>
    /// <param name="write">False: only what needs no transaction is done, and the database is not asked for anything.</param>
    private async Task<CommitOutcome> TryCommitAsync(List<TailnetCommand> batch, bool write)
    {
        while (true)
        {
            Writing.Beat();

            // Anew in each round, because commands that are decided again take new ids.
            var ids = CountIds(batch);
            try
            {
                if (write)
                {
                    await _services.Ids.EnsureAsync(ids, CancellationToken.None);
                }
                else if (!_services.Ids.TrySetAside(ids))
                {
                    return CommitOutcome.Unavailable;
                }
            }
            catch (Exception exception)
            {
                Log.CommitFailed(_logger, batch.Count, CommitOutcome.Unavailable, exception);
                return CommitOutcome.Unavailable;
            }

            TailnetDraft? draft;
            try
            {
                draft = Decide(batch);
            }
            finally
            {
                _services.Ids.Done(ids);
            }

            if (draft is not null)
            {
                return await FinishAsync(draft, batch, write);
            }
        }
    }

    /// <summary>Null when a command failed: the draft may be half edited, so the batch has to begin again without it.</summary>
    private TailnetDraft? Decide(List<TailnetCommand> batch)
    {
        var draft = new TailnetDraft(_snapshot, _services.Ids, Clock.Now(_services.Time));
        for (var index = 0; index < batch.Count; index++)
        {
            try
            {
                batch[index].Execute(draft);
            }
            catch (Exception exception)
            {
                Log.CommandFaulted(_logger, batch[index].GetType().Name, exception);
                batch[index].Throw(exception);
                batch.RemoveAt(index);
                return null;
            }
        }

        return draft;
    }

    private async Task<CommitOutcome> FinishAsync(TailnetDraft draft, List<TailnetCommand> batch, bool write)
    {
        var rows = draft.ToBatch();
        if (rows is not null)
        {
            var outcome = write ? await CommitAsync(rows) : CommitOutcome.Unavailable;
            if (outcome != CommitOutcome.Committed)
            {
                if (write && outcome != CommitOutcome.ConstraintViolated)
                {
                    Log.CommitFailed(_logger, batch.Count, outcome, null);
                }

                return outcome;
            }
        }

        Publish(draft, rows is not null);
        batch.ForEach(command => command.Acknowledge());
        _services.Metrics.CommandsDone(batch.Count);
        return CommitOutcome.Committed;
    }

    private async Task<CommitOutcome> CommitAsync(CommitBatch rows)
    {
        CommitOutcome outcome;
        var started = _services.Metrics.StartCommit();
        try
        {
            outcome = await _services.Store.CommitAsync(rows, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // The store promises not to; so nobody knows how far it came.
            Log.CommitFaulted(_logger, exception);
            outcome = CommitOutcome.Unknown;
        }

        _services.Metrics.EndCommit(started, outcome);

        return outcome is CommitOutcome.Unknown or CommitOutcome.Fenced ? await FindOutAsync(rows) : outcome;
    }

    /// <summary>
    /// Reads the tailnet again when a commit's outcome is in doubt, however long the database takes to come back: until then
    /// nobody is told anything.
    /// </summary>
    private async Task<CommitOutcome> FindOutAsync(CommitBatch batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            Writing.Beat();
            try
            {
                var stored = await _services.Store.LoadTailnetAsync(batch.Tailnet, _services.Stopping)
                    ?? throw new InvalidDataException($"Tailnet {batch.Tailnet} is no longer in the database.");
                if (CommitEvidence.Holds(stored, batch))
                {
                    return CommitOutcome.Committed;
                }

                if (stored.Sequence == batch.ExpectedSequence)
                {
                    return CommitOutcome.Unavailable;
                }

                // Somebody else wrote. What is in the database counts.
                Log.OvertakenByAnotherWriter(_logger, batch.Tailnet.Value, batch.ExpectedSequence, stored.Sequence);
                var draft = new TailnetDraft(_snapshot, _services.Ids, Clock.Now(_services.Time));
                draft.Adopt(stored);
                Publish(draft, committed: false);
                return CommitOutcome.Fenced;
            }
            catch (OperationCanceledException)
            {
                return CommitOutcome.Unknown;
            }
            catch (Exception exception)
            {
                Log.DatabaseUnreadable(_logger, attempt, exception);
                var pause = TimeSpan.FromMilliseconds(Math.Min(100 * attempt, 5000));
                try
                {
                    await Task.Delay(pause, _services.Time, _services.Stopping);
                }
                catch (OperationCanceledException)
                {
                    return CommitOutcome.Unknown;
                }
            }
        }
    }

    private void Publish(TailnetDraft draft, bool committed)
    {
        var (snapshot, change) = draft.Finish(committed);
        _services.Directory.Apply(snapshot.Id, draft.TouchedNodes(), draft.TouchedKeys());

        // The snapshot first: a session that is told of a change must find it there.
        _snapshot = snapshot;
        if (draft.TouchedPresence() is { Count: > 0 } presence)
        {
            _services.Presence.Publish(snapshot.Id, snapshot.Version, presence);
        }

        _services.Metrics.Changes.Published(change, Sessions.Tell(change, snapshot));
    }
}
