using System.Collections.Concurrent;
using System.Collections.Immutable;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Access;

/// <summary>
/// Nodes with neighbouring indexes. Filters list sources shard by shard, so that a node which comes or goes changes one small piece of
/// them. Replaced when one of its nodes changes; what was made of the others stays.
/// </summary>
internal sealed class NodeShard(PolicyNode?[] nodes, int[] classes)
{
    /// <summary>
    /// Nodes per shard: what a destination receives when one of its sources changes are the addresses of so many nodes at most.
    /// </summary>
    public const int Size = 32;

    public static readonly NodeShard Empty = new(new PolicyNode?[Size], new int[Size]);

    // Made when the first asks: most shards that a mass of joins passes through are never looked at.
    private ConcurrentDictionary<(int Expression, long? Owner), ImmutableArray<PolicyNode>>? _sources;

    public PolicyNode? NodeAt(int index) => nodes[index % Size];

    public int ClassAt(int index) => classes[index % Size];

    public IEnumerable<PolicyNode> Nodes => nodes.OfType<PolicyNode>();

    public (PolicyNode?[] Nodes, int[] Classes) Copy() => ((PolicyNode?[])nodes.Clone(), (int[])classes.Clone());

    /// <summary>The nodes in here that an expression lists. What a class means to an expression never changes, so it is found once.</summary>
    public ImmutableArray<PolicyNode> Listed(SourceExpression sources, long? owner, ClassTable table) =>
        LazyInitializer.EnsureInitialized(ref _sources, static () => new()).GetOrAdd(
            (sources.Number, owner),
            static (_, state) => state.Shard.Find(state.Listed),
            (Shard: this, Listed: table.Listed(sources, owner)));

    private ImmutableArray<PolicyNode> Find(Bits listed)
    {
        var found = ImmutableArray.CreateBuilder<PolicyNode>();
        for (var slot = 0; slot < Size; slot++)
        {
            if (nodes[slot] is { } node && listed.Has(classes[slot]))
            {
                found.Add(node);
            }
        }

        return found.DrainToImmutable();
    }
}
