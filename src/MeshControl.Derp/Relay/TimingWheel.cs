using MeshControl.Derp.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Calls on each entry when its second has come. An entry is in one slot at most; what it is called for is decided by what has happened by
/// then, so that nothing is moved meanwhile.
/// </summary>
/// <param name="visit">Returns in how many seconds the entry is to be called again; 0 is never.</param>
/// <param name="logger">Told of what should never happen, since on the timer's thread it would end the process.</param>
internal sealed class TimingWheel<T>(Func<T, int> visit, ILogger logger)
    where T : class, IWheelEntry
{
    /// <summary>More than the longest time that anything waits for.</summary>
    private const int Slots = 128;

    private readonly Lock _gate = new();
    private readonly HashSet<T>?[] _slots = new HashSet<T>?[Slots];
    private int _seconds;

    /// <summary>Adds an entry, unless it is in the wheel already or was removed.</summary>
    public void Add(T entry, int delay)
    {
        lock (_gate)
        {
            Place(entry, delay);
        }
    }

    public void Remove(T entry)
    {
        lock (_gate)
        {
            if (entry.WheelSlot > 0)
            {
                _slots[entry.WheelSlot - 1]?.Remove(entry);
            }

            // For good: should its turn be under way, it is not put back.
            entry.WheelSlot = -1;
        }
    }

    /// <summary>Calls on all whose second this is; seconds are told one by one.</summary>
    public void Turn(int seconds)
    {
        HashSet<T>? due;
        lock (_gate)
        {
            _seconds = seconds;
            due = _slots[seconds % Slots];
            _slots[seconds % Slots] = null;
            foreach (var entry in due ?? [])
            {
                entry.WheelSlot = 0;
            }
        }

        foreach (var entry in due ?? [])
        {
            // Outside of the lock: entries write, and take locks of their own. Meanwhile others may remove the entry, or add it again.
            var delay = Visit(entry);
            if (delay > 0)
            {
                Add(entry, delay);
            }
        }
    }

    private int Visit(T entry)
    {
        try
        {
            return visit(entry);
        }
        catch (Exception exception)
        {
            Log.TimerFaulted(logger, exception);
            return 0;
        }
    }

    private void Place(T entry, int delay)
    {
        if (entry.WheelSlot != 0)
        {
            return;
        }

        var slot = (_seconds + Math.Clamp(delay, 1, Slots - 1)) % Slots;
        entry.WheelSlot = slot + 1;
        (_slots[slot] ??= []).Add(entry);
    }
}
