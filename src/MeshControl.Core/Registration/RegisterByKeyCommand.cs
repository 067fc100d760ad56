using MeshControl.Core.Model;
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

        // The same login again: whatever became of the key, the node is what counts, and whose it is now if an administrator moved it. A
        // tagged node is not taken back by a user's key; that takes an administrator.
        // An approval that it brings is news.
        var approves = key.Preapproved && current?.Node.NeedsApproval == true && IsFor(key, current);
        if (valid && !approves
            && (current!.Node.IsTagged || current.Node.AuthKey == key.Id || (!key.IsTagged && current.Node.Owner == key.Owner)))
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
        var again = mine?.Node.AuthKey == key.Id && !mine.Node.IsExpired(draft.Now);
        if (!again && EndOf(key, draft.Now) is { } end)
        {
            return end;
        }

        return RequestedTags.RefusalOf(request.Hostinfo, tag => key.Tags.Contains(tag));
    }

    /// <summary>Why the key makes no login any more, in the words that the user sees; null while it does.</summary>
    private static string? EndOf(PreAuthKey key, DateTimeOffset now) =>
        key.Expiry is { } expiry && expiry <= now ? "authkey expired"
        : !key.Reusable && key.UsedAt is not null ? "authkey already used"
        : null;

    private RegistrationResult Rotate(TailnetDraft draft, NodeEntry entry, PreAuthKey key)
    {
        // A key that has ended lets the node in again, but it is no new login: what the first one or an administrator decided
        // stays, or a spent key would undo it and lengthen a login for ever.
        var grant = EndOf(key, draft.Now) is null ? GrantOf(draft, key) : null;

        // A key gives its tags once: they are an administrator's from then on.
        grant = grant is not null && entry.Node.IsTagged && entry.Node.AuthKey == key.Id ? grant with { Tags = entry.Node.Tags } : grant;
        entry = NodeRegistration.Rotate(draft, entry, request, grant);
        MarkUsed(draft, key);
        return Authorized(draft, entry);
    }

    private Result<RegistrationResult> Create(TailnetDraft draft, PreAuthKey key)
    {
        if (!NodeRegistration.Create(draft, machine, request, GrantOf(draft, key)).TryGetValue(out var entry, out var error))
        {
            return error;
        }

        MarkUsed(draft, key);
        return Authorized(draft, entry);
    }

    private NodeGrant GrantOf(TailnetDraft draft, PreAuthKey key) => new()
    {
        Owner = key.IsTagged ? null : key.Owner,
        Tags = key.Tags,
        Expiry = key.IsTagged ? null : NodeRegistration.ExpiryOf(draft, request),
        Ephemeral = key.Ephemeral || request.Ephemeral,
        Preapproved = key.Preapproved,
        Method = RegisterMethod.AuthKey,
        AuthKey = key.Id,
    };

    private static void MarkUsed(TailnetDraft draft, PreAuthKey key)
    {
        if (key.UsedAt is null)
        {
            draft.Put(key with { UsedAt = draft.Now });
        }
    }
}
