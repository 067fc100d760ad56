using MeshControl.Core.Model;

namespace MeshControl.Core.Storage;

/// <summary>
/// Where volatile state goes when it leaves the writer. It costs no transaction and has no place in the change log; what orders
/// it is the version, which counts every published snapshot of a tailnet in memory. A server that is alone only keeps it until
/// the next flush; one that has replicas would tell them too.
/// </summary>
public interface IPresencePort
{
    /// <summary>Takes over what a snapshot changed. Called by the writer, in the order of versions; must not block.</summary>
    /// <param name="tailnet">Whose nodes they are.</param>
    /// <param name="version">Of the snapshot that holds the change.</param>
    /// <param name="changed">The nodes' whole new presence; null for one that is gone.</param>
    void Publish(TailnetId tailnet, long version, IReadOnlyCollection<KeyValuePair<NodeId, NodePresence?>> changed);

    /// <summary>Writes what was published and not yet written. What cannot be written is kept for the next time.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
