namespace MeshControl.Derp.Relay;

/// <summary>
/// How many clients may be logging in. One more costs the one its place that has been at it the longest: an honest client needs a round trip,
/// so that strangers who say nothing keep nobody out.
/// </summary>
internal sealed class LoginPlaces(int max)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<LoginPlace> _taken = new();

    /// <param name="stop">Ends the login for another reason.</param>
    public LoginPlace Enter(CancellationToken stop)
    {
        LoginPlace? oldest = null;
        var place = new LoginPlace(stop);
        lock (_gate)
        {
            if (_taken.Count >= max)
            {
                oldest = _taken.First!.Value;
                Remove(oldest);
            }

            place.Node = _taken.AddLast(place);
        }

        oldest?.Lose();
        return place;
    }

    /// <summary>The client has shown who it is, or is gone. May be called twice.</summary>
    public void Leave(LoginPlace place)
    {
        lock (_gate)
        {
            Remove(place);
        }
    }

    // Under the lock.
    private void Remove(LoginPlace place)
    {
        if (place.Node is { } node)
        {
            _taken.Remove(node);
            place.Node = null;
        }
    }
}
