using System.Collections.Concurrent;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

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
    private ConcurrentDictionary<(int Expression, long? Owner), WireList<string>>? _texts;
    private string[]?[]? _addresses;

    public PolicyNode? NodeAt(int index) => nodes[index % Size];

    public int ClassAt(int index) => classes[index % Size];

    public IEnumerable<PolicyNode> Nodes => nodes.OfType<PolicyNode>();

    public (PolicyNode?[] Nodes, int[] Classes) Copy() => ((PolicyNode?[])nodes.Clone(), (int[])classes.Clone());

    /// <summary>
    /// The addresses of the nodes in here that an expression lists, without what the policy says itself among the sources: the same list for each
    /// filter that needs it. What a class means to an expression never changes, so it is found once.
    /// </summary>
    public WireList<string> Texts(SourceExpression sources, long? owner, ClassTable table) =>
        LazyInitializer.EnsureInitialized(ref _texts, static () => new()).GetOrAdd(
            (sources.Number, owner),
            static (_, state) => FilterText.Sorted(state.Shard.AddressesOf(state.Listed, besides: state.Besides)),
            (Shard: this, Listed: table.Listed(sources, owner), Besides: owner is null ? sources : null));

    /// <summary>The addresses of the nodes of some classes.</summary>
    /// <param name="listed">Those classes.</param>
    /// <param name="besides">Without what this one says itself; null: all.</param>
    public IEnumerable<string> AddressesOf(Bits listed, SourceExpression? besides)
    {
        var texts = LazyInitializer.EnsureInitialized(ref _addresses, static () => new string[]?[Size]);
        for (var slot = 0; slot < Size; slot++)
        {
            if (nodes[slot] is not { } node || !listed.Has(classes[slot]))
            {
                continue;
            }

            var known = texts[slot] ??= [.. AccessMap.AddressesOf(node).Select(FilterText.Of)];
            foreach (var (number, address) in AccessMap.AddressesOf(node).Index())
            {
                if (besides?.Says(address) != true)
                {
                    yield return known[number];
                }
            }
        }
    }
}
