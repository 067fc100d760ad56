using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.Testing;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Explain;

/// <summary>
/// Finds what somebody names: whatever a policy may name, and besides nodes by name or id and users by name, id being left to nodes. Not
/// thread safe.
/// </summary>
public sealed class SubjectReader(AccessMap map, WorldNames names)
{
    private const string NodePrefix = "node:";
    private const string UserPrefix = "user:";

    private readonly TestWorld _world = new(map);

    /// <param name="text">A word of the policy's language, a node's name or id, or a user's name; <c>node:</c> and <c>user:</c> say which.</param>
    /// <param name="subject">What it is.</param>
    /// <param name="problem">One sentence: nothing or too much is called like that.</param>
    public bool TryRead(string text, [NotNullWhen(true)] out Subject? subject, [NotNullWhen(false)] out string? problem)
    {
        var word = text.Trim();
        problem = null;
        subject = word switch
        {
            _ when word.StartsWith(NodePrefix, StringComparison.OrdinalIgnoreCase) => NodeNamed(word[NodePrefix.Length..]),
            _ when word.StartsWith("user:*@", StringComparison.Ordinal) => InPolicy(word, out problem),
            _ when word.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase) => UserNamed(word[UserPrefix.Length..]),
            _ when word.Contains(':', StringComparison.Ordinal) => InPolicy(word, out problem) ?? WithPort(word, ref problem),
            _ => Plain(word, out problem),
        };
        problem = subject is null ? problem ?? $"Nothing is called \"{text}\": no node, no user, and no host of the policy." : null;
        return subject is not null;
    }

    /// <summary>A port where none belongs deserves another answer than a word that nobody knows.</summary>
    private Subject? WithPort(string word, ref string? problem)
    {
        var name = word[..word.LastIndexOf(':')];
        if (TryRead(name, out _, out _))
        {
            problem = $"\"{word}\" is nothing by itself, though \"{name}\" is; a port is a number, and stands behind the destination only.";
        }

        return null;
    }

    private Subject? Plain(string word, out string? problem)
    {
        problem = null;
        if (InPolicy(word, out _) is { } known)
        {
            // An address or a host is that; a user by e-mail address should exist.
            return known.Kind != SubjectKind.Nodes || !known.Nodes.IsEmpty || UserNamed(word) is not null || word == "*" ? known : null;
        }

        var (node, user) = (NodeNamed(word), UserNamed(word));
        if (node is not null && user is not null)
        {
            problem = $"Both a node and a user are called \"{word}\"; say {NodePrefix}{word} or {UserPrefix}{word}.";
            return null;
        }

        return node ?? user;
    }

    private Subject? InPolicy(string word, out string? problem)
    {
        if (!AliasReader.TryRead(word, map.Policy, out var alias, out var reason))
        {
            problem = $"The policy in force does not know it: {reason}.";
            return null;
        }

        problem = null;
        switch (alias)
        {
            case AutogroupAlias { Group: Autogroup.Internet }:
                return new Subject(SubjectKind.Internet, "the internet", word);
            case AutogroupAlias { Group: Autogroup.Self or Autogroup.Nonroot or Autogroup.Shared or Autogroup.DangerAll } or ServiceAlias:
                problem = $"\"{word}\" stands for nobody in particular; name a node, a user, a tag, a group or an address.";
                return null;
            case WildcardAlias:
                return Of([.. map.Nodes], "every node", "*");
        }

        var addresses = _world.AddressesOf(alias).ToArray();
        if (alias is not (PrefixAlias or HostAlias or RangeAlias or IpSetAlias))
        {
            return Of([.. _world.NodesOf(alias).OrderBy(node => node.Index)], alias.ToString(), alias.ToString());
        }

        var prefixes = addresses.Select(address => address.Prefix).ToImmutableArray();
        var nodes = _world.NodesOf(alias);
        return nodes switch
        {
            [] => new Subject(SubjectKind.Addresses, word, word) { Prefixes = prefixes },
            [var only] when addresses is [{ Node: not null }] => Of(only, prefixes[0].Address.ToString()) with { Alias = word, Prefixes = prefixes },
            _ => Of([.. nodes.OrderBy(node => node.Index)], word, word) with { Prefixes = prefixes },
        };
    }

    private Subject? NodeNamed(string name)
    {
        if (names.Find(name) is { } index && map.NodeAt(index) is { } byName)
        {
            return Of(byName);
        }

        return long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && map.Nodes.FirstOrDefault(node => node.Id == id) is { } byId
            ? Of(byId)
            : null;
    }

    private Subject? UserNamed(string name)
    {
        var login = name.Trim();
        var found = map.Users.Values.OrderBy(user => user.Id).FirstOrDefault(user =>
            string.Equals(user.Name, login, StringComparison.OrdinalIgnoreCase)
            || UserLogins.Of(user).Contains(login, StringComparer.OrdinalIgnoreCase));
        return found is null
            ? null
            : Of([.. map.Nodes.Where(node => node.Owner == found.Id)], $"user {found.Email ?? found.Name}", LoginOf(found));
    }

    private Subject Of(PolicyNode node, string? address = null)
    {
        var label = $"{names.Of(node.Index)} (node {node.Id.ToString(CultureInfo.InvariantCulture)}{(address is null ? "" : $", {address}")})";
        return new Subject(SubjectKind.Nodes, label, AliasOf(node)) { Nodes = [node] };
    }

    private static Subject Of(PolicyNode[] nodes, string name, string alias) =>
        new(SubjectKind.Nodes, $"{name} ({NodeSetText.Count(nodes.Length)})", alias) { Nodes = [.. nodes] };

    private string AliasOf(PolicyNode node) =>
        node.Tags is [var tag, ..] ? tag
        : node.Owner is { } owner && map.UserOf(owner) is { } user ? LoginOf(user)
        : (node.IPv4 ?? node.IPv6)?.ToString() ?? "*";

    private static string LoginOf(PolicyUser user) => UserLogins.Of(user).First();
}
