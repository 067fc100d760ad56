namespace MeshControl.Derp.Relay;

/// <summary>
/// Notices when connections of one key take turns in speaking: not a client that has changed networks, but two devices with one key, as after
/// copying a disk. A lock of its own.
/// </summary>
internal sealed class FightWatch
{
    /// <summary>A client that moves takes over once, perhaps back and forth; not so often.</summary>
    public const int Turns = 6;

    /// <summary>Turns that are further apart than this, in seconds, are no fight.</summary>
    public const int WindowSeconds = 30;

    private readonly Lock _gate = new();
    private int _windowStart;
    private int _turns;
    private bool _fighting;

    public bool IsFighting
    {
        get
        {
            lock (_gate)
            {
                return _fighting;
            }
        }
    }

    /// <summary>Another connection has become the active one by speaking.</summary>
    /// <returns>True when this makes it a fight.</returns>
    public bool OnTurn(int seconds)
    {
        lock (_gate)
        {
            if (_turns == 0 || seconds - _windowStart > WindowSeconds)
            {
                _windowStart = seconds;
                _turns = 0;
            }

            if (++_turns < Turns || _fighting)
            {
                return false;
            }

            _fighting = true;
            return true;
        }
    }

    /// <summary>One connection is left.</summary>
    /// <returns>Whether there was a fight until now.</returns>
    public bool OnAlone()
    {
        lock (_gate)
        {
            var was = _fighting;
            _fighting = false;
            _turns = 0;
            return was;
        }
    }
}
