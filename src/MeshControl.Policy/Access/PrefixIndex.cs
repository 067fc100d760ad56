using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Which numbers hang on prefixes that contain an address, or that overlap a route.</summary>
internal sealed class PrefixIndex
{
    private readonly Dictionary<IpPrefix, List<int>> _byPrefix = [];

    // The lengths that occur, by family: one look-up each, instead of one comparison per prefix.
    private readonly SortedSet<int> _lengthsV4 = [];
    private readonly SortedSet<int> _lengthsV6 = [];

    public void Add(IpPrefix prefix, int number)
    {
        prefix = prefix.Masked();
        if (!_byPrefix.TryGetValue(prefix, out var numbers))
        {
            _byPrefix.Add(prefix, numbers = []);
            (prefix.IsIPv6 ? _lengthsV6 : _lengthsV4).Add(prefix.Length);
        }

        numbers.Add(number);
    }

    /// <summary>Numbers of the prefixes that contain <paramref name="inner"/>; some may come twice.</summary>
    public void Containing(IpPrefix inner, ICollection<int> found)
    {
        foreach (var length in inner.IsIPv6 ? _lengthsV6 : _lengthsV4)
        {
            if (length > inner.Length)
            {
                break;
            }

            if (_byPrefix.TryGetValue(new IpPrefix(inner.Address, length).Masked(), out var numbers))
            {
                foreach (var number in numbers)
                {
                    found.Add(number);
                }
            }
        }
    }

    /// <summary>Numbers of the prefixes that contain the route or lie in it; some may come twice. Walks all prefixes: routes are few.</summary>
    public void Overlapping(IpPrefix route, ICollection<int> found)
    {
        foreach (var (prefix, numbers) in _byPrefix)
        {
            if (prefix.Overlaps(route))
            {
                foreach (var number in numbers)
                {
                    found.Add(number);
                }
            }
        }
    }
}
