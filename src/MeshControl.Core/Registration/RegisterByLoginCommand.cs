using System.Collections.Immutable;
using MeshControl.Core.Keys;
using MeshControl.Core.Logins;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Approval;

namespace MeshControl.Core.Registration;

/// <summary>
/// Somebody approved a machine's login. The node that the machine already has for the user goes on with the new node key; that of another
/// user stays as it is, and the machine gets one more.
/// </summary>
internal sealed class RegisterByLoginCommand(PendingLogin login, VerifiedIdentity identity) : TailnetCommand<NodeEntry>
{
    public override IdKind? NeedsId => IdKind.Node;

    protected override Result<NodeEntry> Decide(TailnetDraft draft)
    {
        var snapshot = draft.Snapshot;
        if (!snapshot.Users.TryGetValue(identity.User, out var user))
        {
            return CoreError.NotFound($"There is no user with id {identity.User}.");
        }

        if (snapshot.Nodes.TryGet(login.Request.NodeKey, out var current))
        {
            // Approved twice at the same time, or the server ended between the node and the login.
            return current.Node.MachineKey == login.Machine && (current.Node.IsTagged || current.Node.Owner == user.Id)
                ? current
                : CoreError.AlreadyExists("The device was let in meanwhile, for somebody else.");
        }

        var policy = new Lazy<TagOwnership>(() => new TagOwnership(snapshot.Access.Policy));
        if (RequestedTags.RefusalOf(login.Request.Hostinfo, tag => policy.Value.Allows(PolicyWorld.UserOf(user), tag)) is { } refusal)
        {
            return CoreError.Refused($"{refusal}: {user.Name} does not own them by the policy's tagOwners.");
        }

        if (!TagNames.Normalise(login.Request.Hostinfo?.RequestTags ?? []).TryGetValue(out var tags, out var error))
        {
            return error;
        }

        var grant = new NodeGrant
        {
            Owner = tags.IsEmpty ? user.Id : null,
            Tags = tags,
            Expiry = tags.IsEmpty ? NodeRegistration.ExpiryOf(draft, login.Request) : null,
            Ephemeral = login.Request.Ephemeral,
            Method = identity.Method,
        };
        return OwnNode(snapshot, tags) is { } own
            ? NodeRegistration.Rotate(draft, own, login.Request, grant)
            : NodeRegistration.Create(draft, login.Machine, login.Request, grant);
    }

    /// <summary>
    /// The node of this machine that the login is for: the one it follows before others. A tagged node is nobody's, so whoever may log in
    /// takes it back by a login that follows it, and keeps it as a tagged one by any.
    /// </summary>
    private NodeEntry? OwnNode(TailnetSnapshot snapshot, ImmutableArray<string> tags)
    {
        var own = snapshot.Nodes.OfMachine(login.Machine)
            .Where(entry => entry.Node.IsTagged ? Follows(entry) || !tags.IsEmpty : entry.Node.Owner == identity.User)
            .ToArray();
        return Array.Find(own, Follows) ?? Array.Find(own, entry => entry.Node.IsTagged != tags.IsEmpty) ?? own.FirstOrDefault();
    }

    private bool Follows(NodeEntry entry) => entry.Node.NodeKey == login.Request.OldNodeKey;
}
