using MeshControl.Core.Addresses;
using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Nodes;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Registration;

/// <summary>
/// A machine presents a pre-auth key of this tailnet. The node it already has for the key's owner is rotated to the new node
/// key; otherwise a node is created, in the same commit that marks the key as used.
/// </summary>
internal sealed class RegisterByKeyCommand(MachinePublicKey machine, RegisterRequest request, PreAuthKeyId keyId)
    : TailnetCommand<RegistrationResult>
{
    /// <summary>Tags that are repeated to the client and in the log, which did not come from anybody we know.</summary>
    private const int MaxQuotedTags = 10;

    public override IdKind? NeedsId => IdKind.Node;

    protected override Result<RegistrationResult> Decide(TailnetDraft draft)
    {
        var snapshot = draft.Snapshot;
        var key = snapshot.PreAuthKeys.GetValueOrDefault(keyId);
        snapshot.Nodes.TryGet(request.NodeKey, out var current);
        if (current is not null && current.Node.MachineKey != machine)
        {
            return RegistrationResult.Refused("node exists with a different machine key");
        }

        var valid = current is not null && !current.Node.IsExpired(draft.Now);
        if (key is null)
        {
            return valid ? ShortenExpiryCommand.Shorten(draft, current!, request.Expiry) : RegistrationResult.Refused("invalid authkey");
        }

        // The same login again: whatever became of the key, the node is what counts. A tagged node is not taken back by a
        // user's key; that takes an administrator.
        if (valid && (current!.Node.IsTagged || (!key.IsTagged && current.Node.Owner == key.Owner)))
        {
            return ShortenExpiryCommand.Shorten(draft, current, request.Expiry);
        }

        // A user's key never takes a node from its owner or its tags, expired or not. A tagged key converts the node, unless the
        // machine has its tagged one already.
        var own = OwnNode(snapshot, key);
        var takesCurrent = current is not null && (IsFor(key, current) || (key.IsTagged && own?.Node.IsTagged != true));
        var node = takesCurrent ? current : own;
        if (RefusalOf(key, draft, node) is { } refusal)
        {
            return RegistrationResult.Refused(refusal);
        }

        if (current is not null && !takesCurrent)
        {
            // It is another node of this machine, or will be, which needs a node key of its own.
            return new RegistrationResult(RegistrationOutcome.KeyExpired, snapshot, current);
        }

        return node is null ? Create(draft, key) : Rotate(draft, node, key);
    }

    private static RegistrationResult Authorized(TailnetDraft draft, NodeEntry entry) =>
        new(RegistrationOutcome.Authorized, draft.Snapshot, entry);

    private static string Quote(string[] tags)
    {
        var quoted = tags.Take(MaxQuotedTags).Select(tag => tag.Length > TagNames.MaxLength ? tag[..TagNames.MaxLength] + "…" : tag);
        return string.Join(' ', quoted) + (tags.Length > MaxQuotedTags ? $" and {tags.Length - MaxQuotedTags} more" : "");
    }

    private static bool IsFor(PreAuthKey key, NodeEntry entry) =>
        key.IsTagged ? entry.Node.IsTagged : !entry.Node.IsTagged && entry.Node.Owner == key.Owner;

    /// <summary>
    /// The node that this machine already has for the key's owner or as a tagged one; of several, which only an administrator
    /// makes, the one that is being rotated or that the key made.
    /// </summary>
    private NodeEntry? OwnNode(TailnetSnapshot snapshot, PreAuthKey key)
    {
        var nodes = snapshot.Nodes.OfMachine(machine).ToArray();
        var own = Array.FindAll(nodes, entry => IsFor(key, entry));

        // A tagged key takes over the login that it follows; a new login of a machine whose user logged out is a new node.
        return Array.Find(own, entry => entry.Node.NodeKey == request.OldNodeKey)
            ?? Array.Find(own, entry => entry.Node.AuthKey == key.Id)
            ?? own.FirstOrDefault()
            ?? (key.IsTagged ? Array.Find(nodes, entry => entry.Node.NodeKey == request.OldNodeKey) : null);
    }

    /// <summary>Null when the key lets this machine in, else the sentence that the user sees.</summary>
    /// <param name="key">What the machine presents.</param>
    /// <param name="draft">The state.</param>
    /// <param name="mine">The node that would be rotated, if there is one.</param>
    private string? RefusalOf(PreAuthKey key, TailnetDraft draft, NodeEntry? mine)
    {
        if (key.RevokedAt is not null)
        {
            return "authkey revoked";
        }

        if (!key.IsTagged && (key.Owner is not { } owner || !draft.Snapshot.Users.ContainsKey(owner)))
        {
            return "invalid authkey: its user is gone";
        }

        // A client that lost the answer comes back with the same key and another node key: the machine is what counts. So an
        // unexpired node that this key made is let in again, though the key is spent or has expired since.
        if (mine?.Node.AuthKey == key.Id && !mine.Node.IsExpired(draft.Now))
        {
            return null;
        }

        if (EndOf(key, draft.Now) is { } end)
        {
            return end;
        }

        var unknown = (request.Hostinfo?.RequestTags ?? []).Where(tag => !key.Tags.Contains(tag)).ToArray();
        return unknown.Length == 0
            ? null
            : $"requested tags [{Quote(unknown)}] are invalid or not permitted";
    }

    /// <summary>Why the key makes no login any more, in the words that the user sees; null while it does.</summary>
    private static string? EndOf(PreAuthKey key, DateTimeOffset now) =>
        key.Expiry is { } expiry && expiry <= now ? "authkey expired"
        : !key.Reusable && key.UsedAt is not null ? "authkey already used"
        : null;

    private RegistrationResult Rotate(TailnetDraft draft, NodeEntry entry, PreAuthKey key)
    {
        var node = entry.Node with
        {
            NodeKey = request.NodeKey,
            NetworkLockKey = request.NlKey,
            CapabilityVersion = request.Version,
        };

        // A key that has ended lets the node in again, but it is no new login: what the first one or an administrator decided
        // stays, or a spent key would undo it and lengthen a login for ever.
        if (EndOf(key, draft.Now) is null)
        {
            node = node with
            {
                Owner = key.IsTagged ? null : key.Owner,
                Tags = key.Tags,
                Expiry = ExpiryOf(draft, key),
                Ephemeral = key.Ephemeral || request.Ephemeral,
                AuthKey = key.Id,
            };
        }

        node = request.Hostinfo is { } hostinfo ? NodeUpdates.WithHostinfo(node, hostinfo, draft.Snapshot.Nodes) : node;
        entry = draft.Update(entry, node, PresenceOf(draft, entry.Presence, node));
        MarkUsed(draft, key);
        return Authorized(draft, entry);
    }

    private Result<RegistrationResult> Create(TailnetDraft draft, PreAuthKey key)
    {
        if (!AddressAllocator.Allocate(draft.Snapshot).TryGetValue(out var addresses, out var error))
        {
            return error;
        }

        var hostinfo = NodeUpdates.Durable(request.Hostinfo ?? new Hostinfo());
        var known = NodeUpdates.OfMachine(draft.Snapshot.Nodes, machine);
        var entry = draft.Add(new Node
        {
            Id = draft.NewNodeId(),
            Owner = key.IsTagged ? null : key.Owner,
            Tags = key.Tags,
            MachineKey = machine,
            NodeKey = request.NodeKey,
            NetworkLockKey = request.NlKey,
            IPv4 = addresses.V4,
            IPv6 = addresses.V6,
            GivenName = GivenNames.Unique(draft.Snapshot.Nodes, hostinfo.Hostname ?? ""),
            Hostinfo = hostinfo,
            CapabilityVersion = request.Version,
            CreatedAt = draft.Now,
            Expiry = ExpiryOf(draft, key),
            Ephemeral = key.Ephemeral || request.Ephemeral,
            AuthKey = key.Id,
        });
        entry = draft.Update(entry, presence: PresenceOf(draft, known, entry.Node));
        MarkUsed(draft, key);
        return Authorized(draft, entry);
    }

    private NodePresence PresenceOf(TailnetDraft draft, NodePresence presence, Node node) =>
        EphemeralRule.Registered(node, NodeUpdates.WithNetInfo(presence, request.Hostinfo?.NetInfo), draft.Now);

    private static void MarkUsed(TailnetDraft draft, PreAuthKey key)
    {
        if (key.UsedAt is null)
        {
            draft.Put(key with { UsedAt = draft.Now });
        }
    }

    /// <summary>The client of a user may wish for an earlier end; tagged nodes have none until an administrator sets one.</summary>
    private DateTimeOffset? ExpiryOf(TailnetDraft draft, PreAuthKey key)
    {
        if (key.IsTagged)
        {
            return null;
        }

        DateTimeOffset? end = draft.Snapshot.Settings.NodeExpiry is { } life ? draft.Now + life : null;
        DateTimeOffset? wish = request.Expiry is { } expiry ? Clock.Truncate(expiry) : null;
        return end is null || wish < end ? wish : end;
    }
}
