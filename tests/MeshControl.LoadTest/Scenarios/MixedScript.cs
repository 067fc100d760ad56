using MeshControl.LoadTest.Arguments;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>What is to happen in a mixed run. It follows from the seed alone; only what overlaps with what does not.</summary>
public static class MixedScript
{
    // Of a node in a day, as far as one can tell: a laptop that moves and sleeps and a server that does neither, on average. Rare
    // things are less rare here than they are, or short runs would have none of them.
    private static readonly (MixedEventKind Kind, int Weight)[] Weights =
    [
        (MixedEventKind.Roam, 40), (MixedEventKind.Home, 8), (MixedEventKind.Reconnect, 12), (MixedEventKind.Sleep, 12),
        (MixedEventKind.Restart, 5), (MixedEventKind.Rotate, 4), (MixedEventKind.Logout, 4), (MixedEventKind.Rename, 3),
        (MixedEventKind.Routes, 4), (MixedEventKind.Join, 3), (MixedEventKind.Policy, 2), (MixedEventKind.Administer, 3),
    ];

    private const double EventsPerNodeAndDay = 32;
    private const double Speed = 100;

    /// <summary>Events a second at the pace of a day in a hundredth of its time.</summary>
    public static double UsualRate(int nodes) => nodes * EventsPerNodeAndDay * Speed / TimeSpan.FromDays(1).TotalSeconds;

    public static IReadOnlyList<MixedEvent> Write(LoadOptions options, int nodes)
    {
        var random = new Random(options.Seed);
        var rate = options.Rate ?? UsualRate(nodes);
        var events = new List<MixedEvent>();
        for (var at = Wait(random, rate); at < options.Length; at += Wait(random, rate))
        {
            var node = random.Next(nodes);
            var kind = Choose(random);
            var choice = random.Next();
            if (kind == MixedEventKind.Join)
            {
                node = nodes++;
            }

            events.Add(new MixedEvent(at, node, kind, choice));
        }

        return events;
    }

    // Independent of each other, as what different people do.
    private static TimeSpan Wait(Random random, double rate) => TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate);

    private static MixedEventKind Choose(Random random)
    {
        var ticket = random.Next(Weights.Sum(weight => weight.Weight));
        return Weights.First(weight => (ticket -= weight.Weight) < 0).Kind;
    }
}
