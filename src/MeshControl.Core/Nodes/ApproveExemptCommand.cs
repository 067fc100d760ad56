using MeshControl.Core.Registration;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Lets those in who still wait, but need no approval by the settings as they are now.</summary>
internal sealed class ApproveExemptCommand : TailnetCommand<int>
{
    /// <returns>How many it lets in.</returns>
    protected override Result<int> Decide(TailnetDraft draft)
    {
        var exempt = draft.Snapshot.Nodes
            .Where(entry => entry.Node.NeedsApproval && !ApprovalRule.Asks(draft.Snapshot, entry.Node))
            .ToArray();
        foreach (var entry in exempt)
        {
            draft.Update(entry, entry.Node with { NeedsApproval = false });
        }

        return exempt.Length;
    }
}
