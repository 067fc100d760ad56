using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Registration;

/// <summary>The client leaves: its key expires now, an ephemeral node goes away.</summary>
internal sealed class LogoutCommand(MachinePublicKey machine, NodePublicKey nodeKey) : TailnetCommand<RegistrationResult>
{
    protected override Result<RegistrationResult> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.Nodes.TryGet(nodeKey, out var entry) || entry.Node.MachineKey != machine)
        {
            return new RegistrationResult(RegistrationOutcome.LoggedOut);
        }

        if (entry.Node.Ephemeral)
        {
            draft.Remove(entry);
        }
        else if (!entry.Node.IsExpired(draft.Now))
        {
            // Now, not the time the client sent, which is 1970: peers would be told that.
            entry = draft.Update(entry, entry.Node with { Expiry = draft.Now });
        }

        return new RegistrationResult(RegistrationOutcome.LoggedOut, draft.Snapshot, entry);
    }
}
