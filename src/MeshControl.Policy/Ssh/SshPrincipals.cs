using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>The nodes that a rule lets in, as the rule names them: one principal for each of their addresses.</summary>
internal sealed class SshPrincipals
{
    private static readonly SshPrincipals None = new(ImmutableSortedDictionary<long, WireList<SshPrincipal>>.Empty, []);

    private SshPrincipals(ImmutableSortedDictionary<long, WireList<SshPrincipal>> byOwner, WireList<SshPrincipal> tagged) =>
        (ByOwner, Tagged) = (byOwner, tagged);

    /// <summary>By ID of the user, in this order; none is empty.</summary>
    public ImmutableSortedDictionary<long, WireList<SshPrincipal>> ByOwner { get; }

    public WireList<SshPrincipal> Tagged { get; }

    /// <summary>The users' first.</summary>
    public WireList<SshPrincipal> All => field ??= [.. ByOwner.Values.SelectMany(principals => principals), .. Tagged];

    /// <param name="sources">In order of index.</param>
    public static SshPrincipals Of(IEnumerable<PolicyNode> sources) => None.With(sources, owners: null);

    /// <summary>The same after nodes of some users changed.</summary>
    /// <param name="sources">As they are now.</param>
    /// <param name="owners">Those users, null among them for tagged nodes.</param>
    public SshPrincipals Renewed(IEnumerable<PolicyNode> sources, IReadOnlySet<long?> owners) =>
        new SshPrincipals(
            ByOwner.RemoveRange(owners.OfType<long>()), owners.Contains(null) ? [] : Tagged)
            .With(sources.Where(node => owners.Contains(node.Owner)), owners);

    public static IEnumerable<SshPrincipal> Addresses(PolicyNode node) =>
        AccessMap.AddressesOf(node).Select(address => new SshPrincipal { NodeIp = FilterText.Of(address) });

    private SshPrincipals With(IEnumerable<PolicyNode> sources, IReadOnlySet<long?>? owners)
    {
        var byOwner = new Dictionary<long, List<SshPrincipal>>();
        var tagged = new List<SshPrincipal>();
        foreach (var node in sources)
        {
            if (node.Owner is { } owner)
            {
                if (!byOwner.TryGetValue(owner, out var principals))
                {
                    byOwner.Add(owner, principals = []);
                }

                principals.AddRange(Addresses(node));
            }
            else
            {
                // The service lists a tagged node by each of its tags.
                foreach (var _ in node.Tags)
                {
                    tagged.AddRange(Addresses(node));
                }
            }
        }

        return new SshPrincipals(
            ByOwner.AddRange(byOwner.Select(group => KeyValuePair.Create(group.Key, WireList.CopyOf(group.Value)))),
            owners is null || owners.Contains(null) ? WireList.CopyOf(tagged) : Tagged);
    }
}
