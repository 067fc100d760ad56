using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Keys;

/// <summary>Ends a pre-auth key now: nobody joins with it any more. Nodes that did stay.</summary>
public sealed class ExpirePreAuthKeyCommand(PreAuthKeyId id) : TailnetCommand<PreAuthKey>
{
    /// <returns>The key as it is now; one that had ended before keeps its time.</returns>
    protected override Result<PreAuthKey> Decide(TailnetDraft draft)
    {
        if (!draft.Snapshot.PreAuthKeys.TryGetValue(id, out var key))
        {
            return PreAuthKeyFinder.Unknown(id.ToString());
        }

        if (key.Expiry is { } expiry && expiry <= draft.Now)
        {
            return key;
        }

        key = key with { Expiry = draft.Now };
        draft.Put(key);
        return key;
    }
}
