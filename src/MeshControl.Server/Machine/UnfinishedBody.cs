namespace MeshControl.Server.Machine;

/// <summary>A body that is still arriving. Fields are guarded by <see cref="RequestBodies"/>.</summary>
/// <param name="end">Ends the wait for the rest.</param>
internal sealed class UnfinishedBody(CancellationTokenSource end)
{
    private volatile bool _evicted;

    /// <summary>Where it stands, the oldest first; null when it is out.</summary>
    public LinkedListNode<UnfinishedBody>? Place { get; set; }

    /// <summary>Bytes that it holds.</summary>
    public long Length { get; set; }

    /// <summary>Whether it had to give way to others.</summary>
    public bool IsEvicted => _evicted;

    public void Evict()
    {
        _evicted = true;
        try
        {
            end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended in the same moment.
        }
    }
}
