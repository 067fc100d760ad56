using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Nodes;

/// <summary>
/// Machines whose devices were turned away, so that their users can be told. In memory alone: after a restart they just wait again. Safe
/// for use by many at once.
/// </summary>
internal sealed class RejectedMachines
{
    /// <summary>More than anybody rejects by hand in a while; of more than that the oldest are forgotten.</summary>
    public const int Capacity = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<MachinePublicKey, long> _numbers = [];
    private readonly Queue<(MachinePublicKey Machine, long Number)> _order = new();
    private long _last;

    public void Add(MachinePublicKey machine)
    {
        lock (_gate)
        {
            _numbers[machine] = ++_last;
            _order.Enqueue((machine, _last));
            while (_order.Count > Capacity)
            {
                var oldest = _order.Dequeue();
                if (_numbers.TryGetValue(oldest.Machine, out var number) && number == oldest.Number)
                {
                    _numbers.Remove(oldest.Machine);
                }
            }
        }
    }

    public bool Contains(MachinePublicKey machine)
    {
        lock (_gate)
        {
            return _numbers.ContainsKey(machine);
        }
    }

    /// <returns>Whether it was remembered.</returns>
    public bool Remove(MachinePublicKey machine)
    {
        lock (_gate)
        {
            return _numbers.Remove(machine);
        }
    }
}
