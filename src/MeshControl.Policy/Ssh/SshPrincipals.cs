using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>The nodes that a rule lets in, as the rule names them: one principal for each of their addresses.</summary>
internal sealed class SshPrincipals
{
    private SshPrincipals(ImmutableSortedDictionary<long, WireList<SshPrincipal>> byOwner, WireList<SshPrincipal> tagged)
    {
        ByOwner = byOwner;
        Tagged = tagged;
        All = [.. byOwner.Values.SelectMany(principals => principals), .. tagged];
    }

    /// <summary>By ID of the user, in this order; none is empty.</summary>
    public ImmutableSortedDictionary<long, WireList<SshPrincipal>> ByOwner { get; }

    public WireList<SshPrincipal> Tagged { get; }

    /// <summary>The users' first.</summary>
    public WireList<SshPrincipal> All { get; }

    /// <param name="sources">In order of ID.</param>
    public static SshPrincipals Of(IEnumerable<PolicyNode> sources)
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
            byOwner.ToImmutableSortedDictionary(group => group.Key, group => WireList.CopyOf(group.Value)), WireList.CopyOf(tagged));
    }

    public static IEnumerable<SshPrincipal> Addresses(PolicyNode node)
    {
        if (node.IPv4 is { } v4)
        {
            yield return new SshPrincipal { NodeIp = AddressText.Of(v4) };
        }

        if (node.IPv6 is { } v6)
        {
            yield return new SshPrincipal { NodeIp = AddressText.Of(v6) };
        }
    }
}
