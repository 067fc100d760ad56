using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Registration;

/// <summary>A known node asks that its key expire sooner; later is for administrators.</summary>
internal sealed class ShortenExpiryCommand(MachinePublicKey machine, RegisterRequest request) : TailnetCommand<RegistrationResult>
{
    protected override Result<RegistrationResult> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(request.NodeKey, out var entry) || entry.Node.MachineKey != machine)
        {
            return new RegistrationResult(RegistrationOutcome.NeedsLogin);
        }

        var wish = Clock.Truncate(request.Expiry!.Value);
        if (entry.Node.Expiry is { } current && wish > current)
        {
            return RegistrationResult.Refused("extending key is not allowed");
        }

        entry = draft.Update(entry, entry.Node.Expiry == wish ? entry.Node : entry.Node with { Expiry = wish });
        return new RegistrationResult(RegistrationOutcome.Authorized, draft.Snapshot, entry);
    }
}
