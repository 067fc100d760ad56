using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;

namespace MeshControl.Core.Tests.Support;

/// <summary>The rows of one tailnet. Immutable, so that a batch is applied to a copy and taken over or thrown away.</summary>
internal sealed record FakeTailnet(TailnetId Id, string Name, long Sequence)
{
    public IReadOnlyDictionary<UserId, User> Users { get; init; } = new Dictionary<UserId, User>();

    public IReadOnlyDictionary<NodeId, Node> Nodes { get; init; } = new Dictionary<NodeId, Node>();

    public IReadOnlyDictionary<PreAuthKeyId, PreAuthKey> Keys { get; init; } = new Dictionary<PreAuthKeyId, PreAuthKey>();

    public IReadOnlyDictionary<ApiKeyId, ApiKey> ApiKeys { get; init; } = new Dictionary<ApiKeyId, ApiKey>();

    /// <summary>Ascending.</summary>
    public IReadOnlyList<StoredPolicy> Policies { get; init; } = [];

    public static FakeTailnet From(StoredTailnet stored) => new(stored.Id, stored.Name, stored.Sequence)
    {
        Users = stored.Users.ToDictionary(user => user.Id),
        Nodes = stored.Nodes.ToDictionary(node => node.Id),
        Keys = stored.PreAuthKeys.ToDictionary(key => key.Id),
        ApiKeys = stored.ApiKeys.ToDictionary(key => key.Id),
        Policies = stored.Policy is { } policy ? [policy] : [],
    };

    /// <summary>Fresh objects throughout: what a database reads is never the object that was written.</summary>
    public StoredTailnet ToStored(IReadOnlyDictionary<NodeId, NodePresence> presence) => new(Id, Name, Sequence)
    {
        Users = [.. Users.Values.Select(user => user with { })],
        Nodes = [.. Nodes.Values.Select(node => node with { Tags = [.. node.Tags], Hostinfo = node.Hostinfo with { } })],
        PreAuthKeys = [.. Keys.Values.Select(key => key with { Tags = [.. key.Tags] })],
        ApiKeys = [.. ApiKeys.Values.Select(key => key with { })],
        Policy = Policies.Count == 0 ? null : Policies[^1] with { },
        Presence = Nodes.Keys.Where(presence.ContainsKey).ToDictionary(id => id, id => presence[id]),
    };

    /// <summary>The rows after a batch; notes where Core broke the rules of the port.</summary>
    public FakeTailnet With(CommitBatch batch, Action<string> breach) => this with
    {
        Sequence = batch.NewSequence,
        Users = Applied(Users, batch.Users, user => user.Id, breach),
        Nodes = Applied(Nodes, batch.Nodes, node => node.Id, breach),
        Keys = Applied(Keys, batch.PreAuthKeys, key => key.Id, breach),
        ApiKeys = Applied(ApiKeys, batch.ApiKeys, key => key.Id, breach),
        Policies = [.. Policies, .. batch.Policies],
    };

    /// <summary>Whether the indexes and foreign keys of a database would take these rows.</summary>
    public bool IsConsistent(IEnumerable<FakeTailnet> others)
    {
        var names = Nodes.Values.Select(node => node.GivenName).ToArray();
        var addresses = Nodes.Values.SelectMany(node => new[] { node.IPv4, node.IPv6 }).OfType<System.Net.IPAddress>().ToArray();
        var all = others.Append(this).ToArray();
        return Unique(names)
            && Unique(addresses)
            && Unique(Users.Values.Select(user => user.Name))
            && Unique(Policies.Select(policy => policy.Version))
            && Unique(all.SelectMany(tailnet => tailnet.Nodes.Values).Select(node => node.NodeKey))
            && Unique(all.SelectMany(tailnet => tailnet.Keys.Values).Select(key => key.Hash))
            && Unique(all.SelectMany(tailnet => tailnet.ApiKeys.Values).Select(key => key.Prefix))
            && Nodes.Values.All(node => node.Owner is not { } owner || Users.ContainsKey(owner))
            && Keys.Values.All(key => key.Owner is not { } owner || Users.ContainsKey(owner));
    }

    private static bool Unique<T>(IEnumerable<T> values)
    {
        var seen = new HashSet<T>();
        return values.All(seen.Add);
    }

    private static Dictionary<TId, T> Applied<TId, T>(
        IReadOnlyDictionary<TId, T> rows, IReadOnlyList<RowChange<T>> changes, Func<T, TId> idOf, Action<string> breach)
        where TId : notnull
        where T : class
    {
        var result = new Dictionary<TId, T>(rows);
        var seen = new HashSet<TId>();
        foreach (var (operation, entity) in changes)
        {
            var id = idOf(entity);
            if (!seen.Add(id))
            {
                breach($"{typeof(T).Name} {id} occurs twice in one batch.");
            }

            if (result.ContainsKey(id) == (operation == RowOperation.Insert))
            {
                breach($"{operation} of {typeof(T).Name} {id}, which {(result.ContainsKey(id) ? "exists" : "does not exist")}.");
            }

            if (operation == RowOperation.Delete)
            {
                result.Remove(id);
            }
            else
            {
                result[id] = entity;
            }
        }

        return result;
    }
}
