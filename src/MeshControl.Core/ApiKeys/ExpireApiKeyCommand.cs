using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.ApiKeys;

/// <summary>Lets an API key expire now. A key that has expired already stays as it is.</summary>
public sealed class ExpireApiKeyCommand(ApiKeySelector selector) : TailnetCommand<ApiKey>
{
    protected override Result<ApiKey> Decide(TailnetDraft draft)
    {
        if (!ApiKeyLookup.Find(draft.Snapshot, selector).TryGetValue(out var key, out var error))
        {
            return error;
        }

        if (key.Expiry > draft.Now)
        {
            key = key with { Expiry = draft.Now };
            draft.Put(key);
        }

        return key;
    }
}
