using MeshControl.Policy.Access;

namespace MeshControl.Policy.Explain;

/// <summary>The sources of one policy's rules as sets of joint classes and addresses. Not thread safe.</summary>
internal sealed class JointSources(JointClasses classes, AccessMap map, Func<JointClass, int> classOf)
{
    private readonly Dictionary<int, Bits> _nodes = [];
    private readonly Dictionary<int, Bits> _addresses = [];

    public AccessMap Map => map;

    public ClassKey KeyOf(JointClass joint) => JointClass.KeyIn(map, classOf(joint));

    public ClassAccess AccessOf(JointClass joint) => map.AccessOf(map.Classes.Cells[classOf(joint)]!);

    /// <param name="sources">Of a rule.</param>
    /// <param name="withinOwner">Only the nodes of the destination's user.</param>
    /// <param name="destination">Whose rule it is.</param>
    public Bits Of(SourceExpression sources, bool withinOwner, JointClass destination)
    {
        if (!withinOwner)
        {
            return NodesOf(sources).Or(AddressesOf(sources));
        }

        return KeyOf(destination).Owner is { } owner ? NodesOf(sources).And(classes.OwnedBy.GetValueOrDefault(owner)) : Bits.None;
    }

    private Bits NodesOf(SourceExpression sources)
    {
        if (!_nodes.TryGetValue(sources.Number, out var found))
        {
            found = Bits.Of(classes.All.Where(joint => sources.MatchesEveryNode || sources.IsNode(KeyOf(joint))).Select(joint => joint.Id));
            _nodes.Add(sources.Number, found);
        }

        return found;
    }

    private Bits AddressesOf(SourceExpression sources)
    {
        if (!_addresses.TryGetValue(sources.Number, out var found))
        {
            var end = classes.Addresses.Index().Where(address => SourceEnd.At(address.Item).Matches(map, sources, withinOwner: false, null));
            found = Bits.Of(end.Select(address => classes.All.Length + address.Index));
            _addresses.Add(sources.Number, found);
        }

        return found;
    }
}
