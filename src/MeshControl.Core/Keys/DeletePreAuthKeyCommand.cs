using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Keys;

/// <summary>Removes a pre-auth key. Nodes that joined with it stay.</summary>
public sealed class DeletePreAuthKeyCommand(PreAuthKeyId id) : TailnetCommand<PreAuthKey>
{
    /// <returns>What was removed.</returns>
    protected override Result<PreAuthKey> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.PreAuthKeys.TryGetValue(id, out var key))
        {
            return PreAuthKeyFinder.Unknown(id.ToString());
        }

        draft.Remove(key);
        return key;
    }
}
