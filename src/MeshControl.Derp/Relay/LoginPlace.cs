namespace MeshControl.Derp.Relay;

/// <summary>The place of one client that logs in, until another one needs it.</summary>
internal sealed class LoginPlace(CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(stop);

    /// <summary>Where it stands; null when it has left. Guarded by <see cref="LoginPlaces"/>.</summary>
    public LinkedListNode<LoginPlace>? Node { get; set; }

    /// <summary>Ends the login.</summary>
    public CancellationToken End => _end.Token;

    public bool IsLost { get; private set; }

    public void Lose()
    {
        IsLost = true;
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just come to its end by itself.
        }
    }

    public void Dispose() => _end.Dispose();
}
