using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.ApiKeys;

/// <summary>Removes an API key for good; what it was used for stays.</summary>
public sealed class DeleteApiKeyCommand(ApiKeySelector selector) : TailnetCommand<ApiKey>
{
    protected override Result<ApiKey> Decide(TailnetDraft draft)
    {
        if (!ApiKeyLookup.Find(draft.Snapshot, selector).TryGetValue(out var key, out var error))
        {
            return error;
        }

        draft.Remove(key);
        return key;
    }
}
