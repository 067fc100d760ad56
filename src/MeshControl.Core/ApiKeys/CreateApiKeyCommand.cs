using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.ApiKeys;

/// <summary>Creates an API key.</summary>
public sealed class CreateApiKeyCommand : TailnetCommand<NewApiKey>
{
    /// <summary>What a key gets when nobody says otherwise.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(90);

    /// <summary>A century: a longer lifetime is a typing error, and the calendar ends some day.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(100 * 365);

    /// <summary>Keys of a tailnet: more than anybody has programs, and a bound for a program that makes keys in a loop.</summary>
    public const int MaxKeys = 10_000;

    public TimeSpan Lifetime { get; init; } = DefaultLifetime;

    public override IdKind? NeedsId => IdKind.ApiKey;

    protected override Result<NewApiKey> Decide(TailnetDraft draft)
    {
        if (Lifetime <= TimeSpan.Zero)
        {
            return CoreError.Invalid("The key would be expired at once; give it a longer time, such as --expiration 90d.");
        }

        if (Lifetime > MaxLifetime)
        {
            return CoreError.Invalid("The key would live for more than a hundred years; give it a shorter time.");
        }

        if (draft.Snapshot.ApiKeys.Count >= MaxKeys)
        {
            return CoreError.Exhausted($"There are {MaxKeys} API keys already; delete those that nobody uses.");
        }

        var (prefix, text) = ApiKeyText.Generate();
        var key = new ApiKey
        {
            Id = draft.NewApiKeyId(),
            Prefix = prefix,
            Hash = SecretHash.Of(text),
            CreatedAt = draft.Now,
            Expiry = Clock.Truncate(draft.Now + Lifetime),
        };
        draft.Put(key);
        return new NewApiKey(key, text);
    }
}
