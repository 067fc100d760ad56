using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Storage;
using MeshControl.Store.Batches;
using MeshControl.Store.Databases;
using MeshControl.Store.Diagnostics;
using MeshControl.Store.Mapping;
using MeshControl.Store.Postgres;
using MeshControl.Store.Rows;
using MeshControl.Store.Schema;
using MeshControl.Store.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MeshControl.Store;

/// <summary>
/// The database of one server. Everything it writes passes one gate: SQLite has one writer anyway, and on PostgreSQL it keeps commits and
/// the lazy writes of volatile state from locking each other out. Disposing it lets another server open the database.
/// </summary>
public sealed class MeshStore : IMeshStore, IAsyncDisposable
{
    /// <summary>A database that takes longer for one row is not healthy.</summary>
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly BatchWriter _batches;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);

    // Written inside the gate, read by anybody.
    private volatile string? _ownershipProblem;

    private MeshStore(Database database, ILogger logger)
    {
        _database = database;
        _logger = logger;
        _batches = new BatchWriter(database, logger);
    }

    /// <summary>
    /// Opens a database for this server alone and brings its schema up to date; a refusal is a result. A new database is empty: it
    /// has no tailnet yet.
    /// </summary>
    public static Task<StoreOpening> OpenAsync(
        StoreOptions options, TimeProvider time, ILogger<MeshStore> logger, CancellationToken cancellationToken) =>
        OpenAsync(options, time, logger, StoreSeams.None, cancellationToken);

    public async Task<IReadOnlyList<StoredTailnet>> LoadAsync(CancellationToken cancellationToken)
    {
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateContext();
        return await TailnetReader.ReadAsync(context, null, cancellationToken);
    }

    public async Task<StoredTailnet?> LoadTailnetAsync(TailnetId tailnet, CancellationToken cancellationToken)
    {
        // Also when the database is not ours any more: then this tells Core who is right.
        await _gate.WaitAsync(cancellationToken);
        using var pass = new GatePass(_gate);
        await using var context = _database.CreateContext();
        await TailnetReader.AwaitLostCommitAsync(context, tailnet, cancellationToken);
        return (await TailnetReader.ReadAsync(context, tailnet, cancellationToken)).SingleOrDefault();
    }

    public async Task<StoredTailnet> CreateTailnetAsync(string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateWriteContext();
        var id = await IdBlocks.ReserveAsync(context, IdBlockRow.TailnetKind, 1, cancellationToken);
        context.Tailnets.Add(new TailnetRow { Id = id, Name = name, Seq = 0, CreatedAt = Microseconds.Of(at) });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (
            _database.OutcomeOf(exception, committing: false) == CommitOutcome.ConstraintViolated)
        {
            throw new InvalidOperationException($"There is a tailnet {name} already.", exception);
        }

        return new StoredTailnet(new TailnetId(id), name, 0);
    }

    public async Task<CommitOutcome> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        try
        {
            using var pass = await EnterAsync(cancellationToken);
            return await _batches.WriteAsync(batch, cancellationToken);
        }
        catch (Exception exception) when (
            exception is DatabaseTakenException
            || (exception is not OperationCanceledException && _database.OutcomeOf(exception, committing: false) is not null))
        {
            // Asking for the lock failed, so the batch was never begun.
            Log.CommitFailed(_logger, batch.Tailnet.Value, batch.NewSequence, CommitOutcome.Unavailable, exception);
            return CommitOutcome.Unavailable;
        }
    }

    public async Task<long> ReserveIdsAsync(IdKind kind, int count, CancellationToken cancellationToken)
    {
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateWriteContext();
        return await IdBlocks.ReserveAsync(context, (int)kind, count, cancellationToken);
    }

    public async Task ReleaseIdsAsync(IdKind kind, long firstUnused, long reservedEnd, CancellationToken cancellationToken)
    {
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateWriteContext();
        await IdBlocks.ReleaseAsync(context, (int)kind, firstUnused, reservedEnd, cancellationToken);
    }

    public async Task SavePresenceAsync(
        IReadOnlyCollection<KeyValuePair<NodeId, NodePresence>> presence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(presence);
        var rows = new Dictionary<NodeId, NodePresenceRow>(presence.Count);
        foreach (var (node, state) in presence)
        {
            rows[node] = state.ToRow(node, default);
        }

        // The gate opens between statements, so that a commit never waits for more than one of them.
        foreach (var chunk in rows.Values.OrderBy(row => row.NodeId).Chunk(PresenceWriter.NodesPerStatement))
        {
            using var pass = await EnterAsync(cancellationToken);
            await using var context = _database.CreateWriteContext();
            await PresenceWriter.WriteAsync(context, chunk, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<PendingLogin>> LoadLoginsAsync(CancellationToken cancellationToken)
    {
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateContext();
        return
        [
            .. (await context.PendingLogins.OrderBy(row => row.Number).ToListAsync(cancellationToken))
                .Select(row => TailnetReader.Read("pending_login", row.Number, row, PendingLoginMapping.ToModel)),
        ];
    }

    public async Task SaveLoginsAsync(
        IReadOnlyCollection<KeyValuePair<long, PendingLogin?>> changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var numbers = changes.Select(change => change.Key).ToArray();
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateWriteContext();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);

        // Also what is to be written: an attempt that seemed to fail may have succeeded.
        await context.PendingLogins.Where(row => numbers.Contains(row.Number)).ExecuteDeleteAsync(cancellationToken);
        context.PendingLogins.AddRange(changes.Select(change => change.Value).OfType<PendingLogin>().Select(login => login.ToRow()));
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    public async Task<IReadOnlyList<SshCheck>> LoadSshChecksAsync(CancellationToken cancellationToken)
    {
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateContext();
        return
        [
            .. (await context.SshChecks.OrderBy(row => row.Number).ToListAsync(cancellationToken))
                .Select(row => TailnetReader.Read("ssh_check", row.Number, row, SshCheckMapping.ToModel)),
        ];
    }

    public async Task SaveSshChecksAsync(
        IReadOnlyCollection<KeyValuePair<long, SshCheck?>> changes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var numbers = changes.Select(change => change.Key).ToArray();
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateWriteContext();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);

        // As with logins.
        await context.SshChecks.Where(row => numbers.Contains(row.Number)).ExecuteDeleteAsync(cancellationToken);
        context.SshChecks.AddRange(changes.Select(change => change.Value).OfType<SshCheck>().Select(check => check.ToRow()));
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    public async Task TrimChangesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var limit = Microseconds.Of(before);
        using var pass = await EnterAsync(cancellationToken);
        await using var context = _database.CreateWriteContext();
        await context.Changes.Where(change => change.At < limit).ExecuteDeleteAsync(cancellationToken);
    }

    // Reading needs no gate: what is accepted never changes, and who asks is no writer.
    public async Task<IReadOnlyList<PolicyVersion>> ReadPolicyHistoryAsync(
        TailnetId tailnet, int limit, CancellationToken cancellationToken)
    {
        await using var context = _database.CreateContext();
        return await PolicyHistoryReader.ReadAsync(context, tailnet, limit, cancellationToken);
    }

    public async Task<StoredPolicy?> ReadPolicyAsync(TailnetId tailnet, long version, CancellationToken cancellationToken)
    {
        await using var context = _database.CreateContext();
        return await PolicyHistoryReader.FindAsync(context, tailnet, version, cancellationToken);
    }

    public async Task<string?> CheckHealthAsync(CancellationToken cancellationToken)
    {
        if (_ownershipProblem is { } problem)
        {
            return problem;
        }

        try
        {
            await using var context = _database.CreateContext();
            context.Database.SetCommandTimeout(HealthTimeout);
            return await context.Server.AnyAsync(cancellationToken)
                ? null
                : $"The database {_database.Name} has lost its content; restore a backup.";
        }
        catch (Exception exception) when (
            exception is not OperationCanceledException && _database.OutcomeOf(exception, committing: false) is not null)
        {
            return _database.Explain(exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _gate.Dispose();
    }

    internal static async Task<StoreOpening> OpenAsync(
        StoreOptions options, TimeProvider time, ILogger logger, StoreSeams seams, CancellationToken cancellationToken)
    {
        Database database = options switch
        {
            SqliteStoreOptions sqlite => new SqliteDatabase(sqlite, time, seams),
            PostgresStoreOptions postgres => new PostgresDatabase(postgres, time, seams),
            _ => throw new ArgumentException($"{options} names no database.", nameof(options)),
        };
        string? problem;
        try
        {
            problem = await database.PrepareAsync(cancellationToken)
                ?? await new SchemaKeeper(database, time, logger).BringUpToDateAsync(cancellationToken);
        }
        catch (Exception exception) when (
            exception is UnauthorizedAccessException
            || (exception is not OperationCanceledException && database.OutcomeOf(exception, committing: false) is not null))
        {
            problem = database.Explain(exception);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }

        if (problem is not null)
        {
            await database.DisposeAsync();
            return StoreOpening.Refused(problem);
        }

        return StoreOpening.Of(new MeshStore(database, logger));
    }

    /// <summary>Waits for the gate and makes sure that the database is still ours. Dispose the pass to leave.</summary>
    private async Task<GatePass> EnterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        var pass = new GatePass(_gate);
        try
        {
            _ownershipProblem = await _database.CheckOwnershipAsync(cancellationToken);
            if (_ownershipProblem is not { } problem)
            {
                return pass;
            }

            Log.OwnershipLost(_logger, problem);
            throw new DatabaseTakenException(problem);
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    private sealed class GatePass(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
