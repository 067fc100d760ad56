using System.Collections.Immutable;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Policy.Access;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// The working copy that a batch of commands edits: each command sees what those before it did. Becomes one commit and one
/// snapshot, or is thrown away whole. Owned by the writer of one tailnet.
/// </summary>
public sealed class TailnetDraft
{
    private readonly TailnetSnapshot _base;
    private readonly Dictionary<UserId, (User? Before, User? After)> _users = [];
    private readonly Dictionary<NodeId, (NodeEntry? Before, NodeEntry? After)> _nodes = [];
    private readonly Dictionary<PreAuthKeyId, (PreAuthKey? Before, PreAuthKey? After)> _keys = [];
    private readonly Dictionary<ApiKeyId, (ApiKey? Before, ApiKey? After)> _apiKeys = [];
    private readonly List<StoredPolicy> _policies = [];
    private readonly IdAllocator _ids;

    // A policy that came into force in this batch, compiled for a snapshot that may be a little older than the one the draft began with.
    private (AccessMap Access, TailnetSnapshot For)? _compiled;

    internal TailnetDraft(TailnetSnapshot snapshot, IdAllocator ids, DateTimeOffset now)
    {
        _base = snapshot;
        _ids = ids;
        Snapshot = snapshot;
        Now = now;
    }

    /// <summary>The state as edited so far.</summary>
    public TailnetSnapshot Snapshot { get; private set; }

    /// <summary>The time of the batch, in whole microseconds.</summary>
    public DateTimeOffset Now { get; }

    public UserId NewUserId() => new(_ids.Next(IdKind.User));

    public NodeId NewNodeId() => new(_ids.Next(IdKind.Node));

    public PreAuthKeyId NewPreAuthKeyId() => new(_ids.Next(IdKind.PreAuthKey));

    public ApiKeyId NewApiKeyId() => new(_ids.Next(IdKind.ApiKey));

    /// <summary>Adds or replaces a user.</summary>
    public void Put(User user)
    {
        var before = Snapshot.Users.GetValueOrDefault(user.Id);
        Note(_users, user.Id, before, user);
        Snapshot = Snapshot with
        {
            Users = Snapshot.Users.SetItem(user.Id, user),
            UsersByName = (before is null ? Snapshot.UsersByName : WithoutName(before)).SetItem(user.Name, user.Id),
        };
    }

    /// <summary>Adds or replaces a pre-auth key.</summary>
    public void Put(PreAuthKey key)
    {
        Note(_keys, key.Id, Snapshot.PreAuthKeys.GetValueOrDefault(key.Id), key);
        Snapshot = Snapshot with { PreAuthKeys = Snapshot.PreAuthKeys.SetItem(key.Id, key) };
    }

    /// <summary>Adds or replaces an API key. Its prefix stays.</summary>
    public void Put(ApiKey key)
    {
        Note(_apiKeys, key.Id, Snapshot.ApiKeys.GetValueOrDefault(key.Id), key);
        Snapshot = Snapshot with
        {
            ApiKeys = Snapshot.ApiKeys.SetItem(key.Id, key),
            ApiKeysByPrefix = Snapshot.ApiKeysByPrefix.SetItem(key.Prefix, key.Id),
        };
    }

    /// <summary>Puts the next version of the policy in force.</summary>
    /// <param name="policy">To be stored.</param>
    /// <param name="access">What it comes to in <paramref name="compiledFor"/>; brought up to date when the batch is done.</param>
    /// <param name="compiledFor">An earlier snapshot of this tailnet.</param>
    internal void Put(StoredPolicy policy, AccessMap access, TailnetSnapshot compiledFor)
    {
        _policies.Add(policy);
        _compiled = (access, compiledFor);
        Snapshot = Snapshot with { Policy = policy, PolicyProblem = null };
    }

    public void Remove(User user)
    {
        Note(_users, user.Id, user, null);
        Snapshot = Snapshot with { Users = Snapshot.Users.Remove(user.Id), UsersByName = WithoutName(user) };
    }

    public void Remove(PreAuthKey key)
    {
        Note(_keys, key.Id, key, null);
        Snapshot = Snapshot with { PreAuthKeys = Snapshot.PreAuthKeys.Remove(key.Id) };
    }

    public void Remove(ApiKey key)
    {
        Note(_apiKeys, key.Id, key, null);
        Snapshot = Snapshot with
        {
            ApiKeys = Snapshot.ApiKeys.Remove(key.Id),
            ApiKeysByPrefix = Snapshot.ApiKeysByPrefix.Remove(key.Prefix),
        };
    }

    /// <summary>Adds a node.</summary>
    public NodeEntry Add(Node node)
    {
        var entry = new NodeEntry(Snapshot.Nodes.NextIndex, node, NodePresence.None);
        Note(_nodes, node.Id, null, entry);
        Snapshot = Snapshot with
        {
            Nodes = Snapshot.Nodes.Add(entry),
            LastIPv4 = node.IPv4 ?? Snapshot.LastIPv4,
            LastIPv6 = node.IPv6 ?? Snapshot.LastIPv6,
        };
        return entry;
    }

    /// <summary>Replaces a node's durable part, volatile part, or both; what equals its old value costs nothing.</summary>
    public NodeEntry Update(NodeEntry entry, Node? node = null, NodePresence? presence = null)
    {
        var after = entry with { Node = node ?? entry.Node, Presence = presence ?? entry.Presence };
        if (ReferenceEquals(after.Node, entry.Node) && ReferenceEquals(after.Presence, entry.Presence))
        {
            return entry;
        }

        Note(_nodes, entry.Id, entry, after);
        Snapshot = Snapshot with { Nodes = Snapshot.Nodes.Replace(entry, after) };
        return after;
    }

    public void Remove(NodeEntry entry)
    {
        Note(_nodes, entry.Id, entry, null);
        Snapshot = Snapshot with { Nodes = Snapshot.Nodes.Remove(entry) };
    }

    public void Apply(TailnetSettings settings) => Snapshot = Snapshot with { Settings = settings };

    /// <summary>Takes over what the database holds, after somebody else wrote it. Presence of known nodes stays as it is in memory.</summary>
    internal void Adopt(StoredTailnet stored)
    {
        var users = stored.Users.Select(user => user.Id).ToHashSet();
        foreach (var user in Snapshot.Users.Values.Where(user => !users.Contains(user.Id)).ToArray())
        {
            Remove(user);
        }

        var keys = stored.PreAuthKeys.Select(key => key.Id).ToHashSet();
        foreach (var key in Snapshot.PreAuthKeys.Values.Where(key => !keys.Contains(key.Id)).ToArray())
        {
            Remove(key);
        }

        var apiKeys = stored.ApiKeys.Select(key => key.Id).ToHashSet();
        foreach (var key in Snapshot.ApiKeys.Values.Where(key => !apiKeys.Contains(key.Id)).ToArray())
        {
            Remove(key);
        }

        foreach (var user in stored.Users.Where(user => !user.Equals(Snapshot.Users.GetValueOrDefault(user.Id))))
        {
            Put(user);
        }

        foreach (var key in stored.PreAuthKeys)
        {
            Put(key);
        }

        foreach (var key in stored.ApiKeys)
        {
            Put(key);
        }

        var kept = stored.Nodes.Select(node => node.Id).ToHashSet();
        foreach (var entry in Snapshot.Nodes.Where(entry => !kept.Contains(entry.Id)).ToArray())
        {
            Remove(entry);
        }

        foreach (var node in stored.Nodes)
        {
            if (Snapshot.Nodes.TryGet(node.Id, out var entry))
            {
                Update(entry, node);
            }
            else
            {
                // Whoever wrote may know it to be online; here it has no stream, and nobody waits for one.
                Update(Add(node), presence: stored.Presence.GetValueOrDefault(node.Id, NodePresence.None) with { Online = false });
            }
        }

        if (stored.Policy != Snapshot.Policy)
        {
            // Rare, and nobody else may speak for the tailnet meanwhile; so it is compiled here and now.
            var (file, problem) = PolicyBuilder.ReadStored(stored.Policy, Snapshot.Settings);
            _compiled = (PolicyWorld.Compile(file, Snapshot), Snapshot);
            Snapshot = Snapshot with { Policy = stored.Policy, PolicyProblem = problem };
        }

        Snapshot = Snapshot with { Sequence = stored.Sequence };
    }

    /// <summary>What has to be written; null when only volatile state was touched.</summary>
    internal CommitBatch? ToBatch()
    {
        var users = Rows(_users.Values);
        var nodes = Rows(_nodes.Values.Select(pair => (pair.Before?.Node, pair.After?.Node)));
        var keys = Rows(_keys.Values);
        var apiKeys = Rows(_apiKeys.Values);
        if (users.Count + nodes.Count + keys.Count + apiKeys.Count + _policies.Count == 0)
        {
            return null;
        }

        var changes = new List<ChangeEntry>(5);
        AddChange(ChangeKind.User, users.Select(row => row.Entity.Id.Value));
        AddChange(ChangeKind.Node, nodes.Select(row => row.Entity.Id.Value));
        AddChange(ChangeKind.PreAuthKey, keys.Select(row => row.Entity.Id.Value));
        AddChange(ChangeKind.ApiKey, apiKeys.Select(row => row.Entity.Id.Value));
        AddChange(ChangeKind.Policy, _policies.Select(policy => policy.Version));
        return new CommitBatch(_base.Id, _base.Sequence, Now)
        {
            Users = users,
            Nodes = nodes,
            Presence =
            [
                .. _nodes.Values
                    .Where(pair => pair.Before is null && pair.After is { } added && added.Presence != NodePresence.None)
                    .Select(pair => KeyValuePair.Create(pair.After!.Id, pair.After.Presence)),
            ],
            PreAuthKeys = keys,
            ApiKeys = apiKeys,
            Policies = [.. _policies],
            Changes = changes,
        };

        void AddChange(ChangeKind kind, IEnumerable<long> ids)
        {
            var all = ids.Order().ToArray();
            if (all.Length > 0)
            {
                changes.Add(new ChangeEntry(kind, [.. all]));
            }
        }
    }

    /// <summary>The snapshot to publish and what it changes against the one the draft began with.</summary>
    internal (TailnetSnapshot Snapshot, TailnetChange Change) Finish(bool committed)
    {
        var (access, accessChange) = Access();
        var snapshot = Snapshot with
        {
            Version = _base.Version + 1,
            Sequence = committed ? _base.Sequence + 1 : Snapshot.Sequence,
            Access = access,
        };
        return (snapshot, new TailnetChange(
            [
                .. _nodes.Values
                    .Select(pair => new NodeTransition(pair.Before, pair.After, NodeDiff.Between(pair.Before, pair.After)))
                    .Where(transition => transition.Aspects != NodeAspects.None && (transition.Before ?? transition.After) is not null),
            ],
            [.. _users.Values.Where(ProfileDiffers).Select(pair => pair.After!.Id)],
            SettingsDiff.Between(_base.Settings, snapshot.Settings),
            accessChange));
    }

    /// <summary>What the policy comes to after the batch.</summary>
    private (AccessMap Access, AccessChange? Change) Access()
    {
        if (_compiled is not var (compiled, compiledFor))
        {
            var change = PolicyWorld.Between(_base.Access.Policy, _users.Values, _nodes.Values);
            return change.IsEmpty ? (_base.Access, null) : _base.Access.With(change);
        }

        var missed = PolicyWorld.Between(compiled.Policy, SnapshotDiff.Users(compiledFor, Snapshot), SnapshotDiff.Nodes(compiledFor, Snapshot));
        var access = missed.IsEmpty ? compiled : compiled.With(missed).Map;
        return (access, AccessChange.OfPolicy(_base.Access, access));
    }

    /// <summary>Presence touched by the batch, null for nodes that are gone: to be written some time later.</summary>
    internal IReadOnlyCollection<KeyValuePair<NodeId, NodePresence?>> TouchedPresence() =>
    [
        .. _nodes
            .Where(pair => !ReferenceEquals(pair.Value.Before?.Presence ?? NodePresence.None, pair.Value.After?.Presence))
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.After?.Presence)),
    ];

    /// <summary>Nodes touched by the batch, with both sides, for the server-wide index.</summary>
    internal IReadOnlyCollection<(NodeEntry? Before, NodeEntry? After)> TouchedNodes() => _nodes.Values;

    /// <summary>Keys touched by the batch, with both sides, for the server-wide index.</summary>
    internal IEnumerable<(PreAuthKey? Before, PreAuthKey? After)> TouchedKeys() => _keys.Values;

    /// <summary>Whether clients that show the user have to be told; of the role they learn by other ways.</summary>
    private static bool ProfileDiffers((User? Before, User? After) pair) =>
        pair is { Before: not null, After: not null } && !pair.Before.Equals(pair.After with { Role = pair.Before.Role });

    /// <summary>The names without a user's, unless it is another one's already: two may have swapped theirs.</summary>
    private ImmutableDictionary<string, UserId> WithoutName(User user) =>
        Snapshot.UsersByName.TryGetValue(user.Name, out var holder) && holder == user.Id
            ? Snapshot.UsersByName.Remove(user.Name)
            : Snapshot.UsersByName;

    private static void Note<TId, T>(Dictionary<TId, (T? Before, T? After)> notes, TId id, T? before, T? after)
        where TId : notnull
        where T : class =>
        notes[id] = (notes.TryGetValue(id, out var earlier) ? earlier.Before : before, after);

    private static List<RowChange<T>> Rows<T>(IEnumerable<(T? Before, T? After)> pairs)
        where T : class
    {
        var rows = new List<RowChange<T>>();
        foreach (var (before, after) in pairs)
        {
            if (!ReferenceEquals(before, after))
            {
                rows.Add(
                    before is null ? new RowChange<T>(RowOperation.Insert, after!)
                    : after is null ? new RowChange<T>(RowOperation.Delete, before)
                    : new RowChange<T>(RowOperation.Update, after));
            }
        }

        return rows;
    }
}
