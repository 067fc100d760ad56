using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.SshChecks;

namespace MeshControl.Core.Storage;

/// <summary>
/// The database as Core needs it: read whole at start, then only written. Implemented by Store for SQLite and PostgreSQL.
/// Calls may come from several tailnets at once.
/// </summary>
public interface IMeshStore
{
    /// <summary>Everything that makes the snapshots. Throws when the database cannot be read.</summary>
    Task<IReadOnlyList<StoredTailnet>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>One tailnet, read again after the outcome of a commit was in doubt; null when it does not exist.</summary>
    Task<StoredTailnet?> LoadTailnetAsync(TailnetId tailnet, CancellationToken cancellationToken);

    /// <summary>Creates an empty tailnet with sequence 0. Throws when the name is taken.</summary>
    Task<StoredTailnet> CreateTailnetAsync(string name, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// Writes one batch in one transaction, durably: after <see cref="CommitOutcome.Committed"/> it survives the loss of power.
    /// Does not throw for what can happen to a database; the outcome says it.
    /// </summary>
    Task<CommitOutcome> CommitAsync(CommitBatch batch, CancellationToken cancellationToken);

    /// <summary>Takes <paramref name="count"/> ids that nobody was given before, durably, and returns the first of them.</summary>
    Task<long> ReserveIdsAsync(IdKind kind, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Gives back the unused end of the last reservation at a clean stop, so that ids do not jump. Does nothing when somebody
    /// has reserved since, that is, when the next id to be given out is not <paramref name="reservedEnd"/>.
    /// </summary>
    Task ReleaseIdsAsync(IdKind kind, long firstUnused, long reservedEnd, CancellationToken cancellationToken);

    /// <summary>Writes volatile state, last one wins; rows of nodes that are gone are skipped.</summary>
    Task SavePresenceAsync(IReadOnlyCollection<KeyValuePair<NodeId, NodePresence>> presence, CancellationToken cancellationToken);

    /// <summary>The logins that nobody has decided yet. Throws when the database cannot be read.</summary>
    Task<IReadOnlyList<PendingLogin>> LoadLoginsAsync(CancellationToken cancellationToken);

    /// <summary>Writes which logins are pending, in one transaction; doing it twice does no harm. Throws when it was not done.</summary>
    /// <param name="changes">By number: a login that is pending from now on, or null for one that is not any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SaveLoginsAsync(IReadOnlyCollection<KeyValuePair<long, PendingLogin?>> changes, CancellationToken cancellationToken);

    /// <summary>The checks that wait or were approved. Throws when the database cannot be read.</summary>
    Task<IReadOnlyList<SshCheck>> LoadSshChecksAsync(CancellationToken cancellationToken);

    /// <summary>Writes them as <see cref="SaveLoginsAsync"/> does logins, durably.</summary>
    /// <param name="changes">By number: a check as it is now, or null for one that is not needed any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SaveSshChecksAsync(IReadOnlyCollection<KeyValuePair<long, SshCheck?>> changes, CancellationToken cancellationToken);

    /// <summary>Removes change rows older than <paramref name="before"/>.</summary>
    Task TrimChangesAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>The policies that were accepted, the latest first. Throws when the database cannot be read.</summary>
    /// <param name="tailnet">Whose.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<PolicyVersion>> ReadPolicyHistoryAsync(TailnetId tailnet, int limit, CancellationToken cancellationToken);

    /// <summary>One version; null when there never was one, or when it is too old to be kept. Throws when the database cannot be read.</summary>
    Task<StoredPolicy?> ReadPolicyAsync(TailnetId tailnet, long version, CancellationToken cancellationToken);

    /// <summary>Null when the database answers, else one sentence that says what is wrong.</summary>
    Task<string?> CheckHealthAsync(CancellationToken cancellationToken);
}
