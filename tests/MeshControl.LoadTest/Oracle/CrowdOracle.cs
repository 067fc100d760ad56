using System.Collections.Concurrent;
using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Crowds;
using MeshControl.Testing.Netmaps;

namespace MeshControl.LoadTest.Oracle;

/// <summary>
/// Compares what every node believes, after all that it was told step by step, with a whole map that the server computes for
/// it from scratch.
/// </summary>
public static class CrowdOracle
{
    // The server answers this many at once; the figures are read before.
    private const int Parallelism = 8;

    // Somebody may have gone offline meanwhile; a wrong belief stays wrong.
    private const int Attempts = 3;

    /// <param name="crowd">The nodes.</param>
    /// <param name="options">How long a node that differs may hear what was under way when its whole map was made; which nodes count.</param>
    /// <returns>A sentence for each node that believes something else, in the order of the nodes.</returns>
    public static async Task<IReadOnlyList<string>> CompareAsync(
        Crowd crowd, LoadOptions options, CancellationToken cancellationToken)
    {
        var nodes = crowd.Nodes.Where(node => node.IsPresent).ToArray();
        if (options.Sample is { } sample)
        {
            new Random(options.Seed).Shuffle(nodes);
            nodes = nodes[..Math.Min(sample, nodes.Length)];
        }

        var differences = new ConcurrentBag<(int Number, string Sentence)>();
        await Parallel.ForEachAsync(
            nodes,
            new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Parallelism },
            async (node, token) =>
            {
                if (await CompareAsync(node, options.OraclePatience, token) is { } difference)
                {
                    differences.Add((node.Number, $"{node.Name} {difference}"));
                }
            });
        return [.. differences.OrderBy(difference => difference.Number).Select(difference => difference.Sentence)];
    }

    private static async Task<string?> CompareAsync(CrowdNode node, TimeSpan patience, CancellationToken cancellationToken)
    {
        string? difference = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            Netmap expected;
            try
            {
                expected = await FetchAsync(node, cancellationToken);
            }
            catch (Exception e) when (Crowd.IsExpected(e))
            {
                return $"could not be compared: {e.Message}";
            }

            if (!node.Node.HasNetmap)
            {
                return "has no map at all";
            }

            difference = NetmapDifference.Find(node.Node.Netmap, expected);
            if (difference is null || await ArrivesAsync(node, expected, patience, cancellationToken))
            {
                return null;
            }
        }

        return $"believes in {difference}";
    }

    private static async Task<Netmap> FetchAsync(CrowdNode node, CancellationToken cancellationToken) =>
        await node.Node.TryFetchMapAsync(cancellationToken) ?? await node.Node.FetchMapByStreamAsync(cancellationToken);

    private static async Task<bool> ArrivesAsync(
        CrowdNode node, Netmap expected, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await node.Node.WaitForAsync(map => NetmapDifference.Find(map, expected) is null, patience).WaitAsync(cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
