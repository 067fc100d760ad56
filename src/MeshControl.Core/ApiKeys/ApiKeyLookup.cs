using System.Security.Cryptography;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.ApiKeys;

/// <summary>Looking keys up: to let somebody in, or to do something with the key.</summary>
public static class ApiKeyLookup
{
    /// <summary>
    /// Whether a key lets somebody administer the tailnet. Who is refused is not told why, since that would say which keys there are;
    /// the time this takes depends on nothing but the public beginning.
    /// </summary>
    /// <param name="snapshot">The tailnet to be administered.</param>
    /// <param name="text">The whole key, as somebody sent it.</param>
    /// <param name="now">Decides what has expired.</param>
    public static bool Admits(TailnetSnapshot snapshot, string text, DateTimeOffset now) =>
        ApiKeyText.PrefixOf(text) is { } prefix
        && snapshot.ApiKeysByPrefix.TryGetValue(prefix, out var id)
        && snapshot.ApiKeys[id] is var key
        && CryptographicOperations.FixedTimeEquals(key.Hash.Bytes.Span, SecretHash.Of(text).Bytes.Span)
        && now < key.Expiry;

    /// <summary>The key that a selector names, or the sentence that says that there is none.</summary>
    public static Result<ApiKey> Find(TailnetSnapshot snapshot, ApiKeySelector selector)
    {
        const string hint = "`meshctl apikeys list` shows them.";
        if (selector.Id is { } id)
        {
            return snapshot.ApiKeys.TryGetValue(id, out var byId) ? byId : CoreError.NotFound($"There is no API key with id {id}; {hint}");
        }

        var prefix = ApiKeyText.NormalisePrefix(selector.Prefix ?? "");
        return snapshot.ApiKeysByPrefix.TryGetValue(prefix, out var found)
            ? snapshot.ApiKeys[found]
            : CoreError.NotFound($"There is no API key with the prefix {ApiKeyText.Scheme}{prefix}; {hint}");
    }
}
