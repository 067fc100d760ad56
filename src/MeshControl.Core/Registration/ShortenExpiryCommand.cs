using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Registration;

/// <summary>A known node shows up again, or asks that its key expire sooner; later is for administrators.</summary>
internal sealed class ShortenExpiryCommand(MachinePublicKey machine, RegisterRequest request) : TailnetCommand<RegistrationResult>
{
    protected override Result<RegistrationResult> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(request.NodeKey, out var entry) || entry.Node.MachineKey != machine)
        {
            // Removed a moment ago; the service begins a login.
            return RegistrationResult.NeedsLogin("");
        }

        return Shorten(draft, entry, request.Expiry);
    }

    /// <summary>The answer to a node that is known and valid, with its wish, if it has one.</summary>
    public static RegistrationResult Shorten(TailnetDraft draft, NodeEntry entry, DateTimeOffset? expiry)
    {
        DateTimeOffset? wish = expiry is { } time ? Clock.Truncate(time) : null;
        if (wish > entry.Node.Expiry)
        {
            return RegistrationResult.Refused("extending key is not allowed");
        }

        var node = wish is not null && wish != entry.Node.Expiry ? entry.Node with { Expiry = wish } : entry.Node;
        entry = draft.Update(entry, node, EphemeralRule.Registered(node, entry.Presence, draft.Now));
        return new RegistrationResult(RegistrationOutcome.Authorized, draft.Snapshot, entry);
    }
}
