using System.Globalization;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Explain;

/// <summary>
/// Sets of nodes in few words: by the users, tags and groups that they are all of, and only what is left by name. Not thread safe.
/// </summary>
internal sealed class NodeSetText
{
    /// <summary>Words for a set; the rest is counted.</summary>
    private const int Words = 5;

    private readonly AccessMap _map;
    private readonly WorldNames _names;
    private readonly int _members;
    private readonly int _tagged;
    private readonly Dictionary<long, int> _byOwner = [];
    private readonly Dictionary<string, int> _byTag = new(StringComparer.Ordinal);
    private readonly List<(string Name, HashSet<long> Owners)> _groups = [];

    /// <param name="map">The nodes.</param>
    /// <param name="names">What they are called.</param>
    /// <param name="policies">Whose groups are known; of two with the same name the first counts.</param>
    public NodeSetText(AccessMap map, WorldNames names, params ReadOnlySpan<PolicyFile> policies)
    {
        (_map, _names) = (map, names);
        foreach (var node in map.Nodes)
        {
            _members += node.Tags.IsEmpty ? 1 : 0;
            _tagged += node.Tags.IsEmpty ? 0 : 1;
            if (node.Owner is { } owner)
            {
                _byOwner[owner] = _byOwner.GetValueOrDefault(owner) + 1;
            }

            foreach (var tag in node.Tags)
            {
                _byTag[tag] = _byTag.GetValueOrDefault(tag) + 1;
            }
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var policy in policies)
        {
            foreach (var (name, members) in policy.Groups.OrderBy(group => group.Key, StringComparer.Ordinal).Where(group => known.Add(group.Key)))
            {
                _groups.Add((name, OwnersIn(members.OfType<UserAlias>().Select(member => member.Login).ToHashSet(StringComparer.OrdinalIgnoreCase))));
            }
        }
    }

    public int Total => _members + _tagged;

    public static string Count(int nodes) => nodes == 1 ? "1 node" : $"{nodes.ToString(CultureInfo.InvariantCulture)} nodes";

    /// <summary>For instance <c>group:dev, tag:web, laptop and 3 more nodes</c>.</summary>
    public string Describe(IReadOnlyCollection<PolicyNode> nodes)
    {
        if (nodes.Count == Total && nodes.Count > 1)
        {
            return "every node";
        }

        var words = new List<(string Word, int Nodes)>();
        AddUsers(nodes.Where(node => node.Tags.IsEmpty).ToList(), words);
        AddTags(nodes.Where(node => !node.Tags.IsEmpty).ToList(), words);
        var shown = words.Count > Words ? words.Take(Words - 1) : words;
        var text = string.Join(", ", shown.Select(word => word.Word));
        var rest = nodes.Count - shown.Sum(word => word.Nodes);
        return words.Count <= Words || rest <= 0 ? text : $"{text} and {rest.ToString(CultureInfo.InvariantCulture)} more {(rest == 1 ? "node" : "nodes")}";
    }

    private void AddUsers(List<PolicyNode> nodes, List<(string Word, int Nodes)> words)
    {
        if (nodes.Count == _members && _members > 1)
        {
            words.Add(("autogroup:member", nodes.Count));
            return;
        }

        var left = nodes.GroupBy(node => node.Owner ?? 0).ToDictionary(group => group.Key, group => group.ToList());
        foreach (var (name, owners) in _groups.OrderByDescending(group => group.Owners.Count))
        {
            if (owners.Count > 1 && owners.All(owner => left.TryGetValue(owner, out var own) && IsWhole(owner, own)))
            {
                words.Add((name, owners.Sum(owner => left[owner].Count)));
                foreach (var owner in owners)
                {
                    left.Remove(owner);
                }
            }
        }

        foreach (var (owner, own) in left.OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key))
        {
            if (own.Count > 1 && IsWhole(owner, own) && _map.UserOf(owner) is { } user)
            {
                words.Add((UserLogins.Of(user).First(), own.Count));
            }
            else
            {
                AddNames(own, words);
            }
        }
    }

    private void AddTags(List<PolicyNode> nodes, List<(string Word, int Nodes)> words)
    {
        if (nodes.Count == _tagged && _tagged > 1)
        {
            words.Add(("autogroup:tagged", nodes.Count));
            return;
        }

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var tag in nodes.SelectMany(node => node.Tags))
        {
            counts[tag] = counts.GetValueOrDefault(tag) + 1;
        }

        var named = new HashSet<int>();
        foreach (var (tag, _) in counts.Where(pair => pair.Value > 1 && pair.Value == _byTag[pair.Key])
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var added = nodes.Count(node => node.Tags.Contains(tag) && named.Add(node.Index));
            if (added > 0)
            {
                words.Add((tag, added));
            }
        }

        AddNames(nodes.Where(node => !named.Contains(node.Index)), words);
    }

    private void AddNames(IEnumerable<PolicyNode> nodes, List<(string Word, int Nodes)> words) =>
        words.AddRange(nodes.OrderBy(node => node.Index).Select(node => (_names.Of(node.Index), 1)));

    private bool IsWhole(long owner, List<PolicyNode> own) => own.Count == _byOwner.GetValueOrDefault(owner);

    /// <summary>Those of a group who own a node.</summary>
    private HashSet<long> OwnersIn(HashSet<string> logins) =>
        [.. _map.Users.Values.Where(user => _byOwner.ContainsKey(user.Id) && UserLogins.Of(user).Any(logins.Contains)).Select(user => user.Id)];
}
