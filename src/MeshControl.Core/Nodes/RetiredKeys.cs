using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Nodes;

/// <summary>Node keys that were exchanged for others a moment ago. Written by writers, read by anybody.</summary>
internal sealed class RetiredKeys(TimeProvider time)
{
    /// <summary>A client that has a new key needs a round trip to the relay and back to use it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Each costs a login, and ten thousand nodes may log in at once; of more than that the oldest lose their grace.</summary>
    public const int Capacity = 16_384;

    private readonly Lock _gate = new();
    private readonly Dictionary<NodePublicKey, long> _retired = [];
    private readonly Queue<(NodePublicKey Key, long At)> _order = new();

    public void Add(NodePublicKey key)
    {
        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && (_order.Count >= Capacity || time.GetElapsedTime(oldest.At) >= Grace))
            {
                _order.Dequeue();
                if (_retired.TryGetValue(oldest.Key, out var at) && at == oldest.At)
                {
                    _retired.Remove(oldest.Key);
                }
            }

            var now = time.GetTimestamp();
            _retired[key] = now;
            _order.Enqueue((key, now));
        }
    }

    /// <summary>Whether a key was exchanged less than <see cref="Grace"/> ago.</summary>
    public bool Contains(NodePublicKey key)
    {
        lock (_gate)
        {
            return _retired.TryGetValue(key, out var at) && time.GetElapsedTime(at) < Grace;
        }
    }
}
