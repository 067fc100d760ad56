using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>Who may reach which ports of one place, by one policy.</summary>
internal sealed class PortAccess
{
    /// <summary>Of rules without a protocol; pings go with any open port.</summary>
    private static readonly int[] Defaults = [IpProtocols.Tcp, IpProtocols.Udp];

    private readonly List<(int Protocol, PortRange Ports, Bits Sources)> _entries = [];

    private IEnumerable<int> Protocols => _entries.Select(entry => entry.Protocol).Distinct();

    public void Add(int? protocol, PortRange ports, Bits sources)
    {
        foreach (var number in protocol is { } one ? [one] : Defaults)
        {
            _entries.Add((number, ports, sources));
        }
    }

    /// <summary>What the other policy lets in and this one does not, or the other way round: disjoint ranges of ports with their sources.</summary>
    public static IEnumerable<(int Protocol, PortRange Ports, Bits Lost, Bits Gained)> Differences(PortAccess before, PortAccess after)
    {
        // Mostly nothing changed; looking closer takes time with the square of the rules.
        if (before._entries.SequenceEqual(after._entries))
        {
            yield break;
        }

        foreach (var protocol in before.Protocols.Union(after.Protocols).Order())
        {
            var entries = before._entries.Concat(after._entries).Where(entry => entry.Protocol == protocol);
            var starts = entries.SelectMany(entry => new[] { entry.Ports.First, entry.Ports.Last + 1 }).Distinct().Order().ToArray();
            for (var index = 0; index + 1 < starts.Length; index++)
            {
                var (old, now) = (before.At(protocol, starts[index]), after.At(protocol, starts[index]));
                if (!old.Equals(now))
                {
                    var ports = new PortRange { First = (ushort)starts[index], Last = (ushort)(starts[index + 1] - 1) };
                    yield return (protocol, ports, old.Except(now), now.Except(old));
                }
            }
        }
    }

    private Bits At(int protocol, int port) => _entries
        .Where(entry => entry.Protocol == protocol && entry.Ports.First <= port && port <= entry.Ports.Last)
        .Aggregate(Bits.None, (sources, entry) => sources.Or(entry.Sources));
}
