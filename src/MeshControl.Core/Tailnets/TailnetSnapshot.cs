using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Policy.Access;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// A tailnet at one moment. Readers take the reference once per operation and never lock; the writer publishes the next one.
/// </summary>
public sealed record TailnetSnapshot
{
    public required TailnetId Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Sequence of the last commit this snapshot holds.</summary>
    public required long Sequence { get; init; }

    /// <summary>Counts published snapshots in memory, volatile changes included: the order of what has no sequence.</summary>
    public long Version { get; init; }

    public required TailnetSettings Settings { get; init; }

    public ImmutableDictionary<UserId, User> Users { get; init; } = ImmutableDictionary<UserId, User>.Empty;

    public ImmutableDictionary<string, UserId> UsersByName { get; init; } =
        ImmutableDictionary.Create<string, UserId>(StringComparer.Ordinal);

    public NodeTable Nodes { get; init; } = NodeTable.Empty;

    public ImmutableDictionary<PreAuthKeyId, PreAuthKey> PreAuthKeys { get; init; } = ImmutableDictionary<PreAuthKeyId, PreAuthKey>.Empty;

    public ImmutableDictionary<ApiKeyId, ApiKey> ApiKeys { get; init; } = ImmutableDictionary<ApiKeyId, ApiKey>.Empty;

    public ImmutableDictionary<string, ApiKeyId> ApiKeysByPrefix { get; init; } =
        ImmutableDictionary.Create<string, ApiKeyId>(StringComparer.Ordinal);

    /// <summary>The policy in force; null when none was ever accepted.</summary>
    public StoredPolicy? Policy { get; init; }

    /// <summary>Why <see cref="Policy"/> cannot be read any more, so that nothing is allowed; null while it can.</summary>
    public CoreError? PolicyProblem { get; init; }

    /// <summary>What <see cref="Policy"/> comes to for the users and nodes of this snapshot.</summary>
    public required AccessMap Access { get; init; }

    /// <summary>The address given out last, after which the sequential search goes on; null before the first.</summary>
    public IPAddress? LastIPv4 { get; init; }

    /// <summary>As <see cref="LastIPv4"/>.</summary>
    public IPAddress? LastIPv6 { get; init; }

    /// <summary>Builds the first snapshot from the database.</summary>
    /// <param name="stored">As it was read.</param>
    /// <param name="settings">From the configuration.</param>
    public static TailnetSnapshot From(StoredTailnet stored, TailnetSettings settings)
    {
        var (policy, problem) = PolicyBuilder.ReadStored(stored.Policy, settings);
        var nodes = NodeTable.Empty;
        foreach (var node in stored.Nodes.OrderBy(node => node.Id.Value))
        {
            nodes = nodes.Add(new NodeEntry(nodes.NextIndex, node, stored.Presence.GetValueOrDefault(node.Id, NodePresence.None)));
        }

        var snapshot = new TailnetSnapshot
        {
            Access = AccessMap.Build(policy, PolicyBuilder.TailnetOf(settings), [], []),
            Id = stored.Id,
            Name = stored.Name,
            Sequence = stored.Sequence,
            Settings = settings,
            Users = stored.Users.ToImmutableDictionary(user => user.Id),
            UsersByName = stored.Users.ToImmutableDictionary(user => user.Name, user => user.Id, StringComparer.Ordinal),
            Nodes = nodes,
            LastIPv4 = stored.Nodes.OrderBy(node => node.Id.Value).LastOrDefault(node => node.IPv4 is not null)?.IPv4,
            LastIPv6 = stored.Nodes.OrderBy(node => node.Id.Value).LastOrDefault(node => node.IPv6 is not null)?.IPv6,
            Policy = stored.Policy,
            PolicyProblem = problem,
            PreAuthKeys = stored.PreAuthKeys.ToImmutableDictionary(key => key.Id),
            ApiKeys = stored.ApiKeys.ToImmutableDictionary(key => key.Id),
            ApiKeysByPrefix = stored.ApiKeys.ToImmutableDictionary(key => key.Prefix, key => key.Id, StringComparer.Ordinal),
        };
        return snapshot with { Access = PolicyWorld.Compile(policy, snapshot) };
    }

    /// <summary>Null for a tagged node, and for a node whose owner is unknown.</summary>
    public User? OwnerOf(Node node) => node.Owner is { } id ? Users.GetValueOrDefault(id) : null;

    public bool TryGetUser(string name, [NotNullWhen(true)] out User? user)
    {
        user = UsersByName.TryGetValue(name, out var id) ? Users[id] : null;
        return user is not null;
    }
}
