using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Keys;

/// <summary>Creates a pre-auth key.</summary>
public sealed class CreatePreAuthKeyCommand : TailnetCommand<NewPreAuthKey>
{
    /// <summary>A century: a longer lifetime is a typing error, and the calendar ends some day.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(100 * 365);

    /// <summary>Who will own the nodes; may be null when there are tags.</summary>
    public UserId? Owner { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Reusable { get; init; }

    public bool Ephemeral { get; init; }

    /// <summary>Devices that join with it wait for nobody.</summary>
    public bool Preapproved { get; init; }

    /// <summary>Null: never expires.</summary>
    public TimeSpan? Lifetime { get; init; }

    public override IdKind? NeedsId => IdKind.PreAuthKey;

    protected override Result<NewPreAuthKey> Decide(TailnetDraft draft)
    {
        if (!TagNames.Normalise(Tags).TryGetValue(out var tags, out var error))
        {
            return error;
        }

        if (Owner is { } owner && !draft.Snapshot.Users.ContainsKey(owner))
        {
            return CoreError.NotFound($"There is no user with id {owner}.");
        }

        if (Owner is null && tags.IsEmpty)
        {
            return CoreError.Invalid("A pre-auth key needs a user (--user) or tags (--tags): somebody must own the nodes.");
        }

        if (Lifetime is { } lifetime && lifetime <= TimeSpan.Zero)
        {
            return CoreError.Invalid("The key would be expired at once; give it a longer time, such as --expiration 1h.");
        }

        if (Lifetime > MaxLifetime)
        {
            return CoreError.Invalid("The key would live for more than a hundred years; give it a shorter time.");
        }

        var (prefix, text) = PreAuthKeyText.Generate();
        var key = new PreAuthKey
        {
            Id = draft.NewPreAuthKeyId(),
            Prefix = prefix,
            Hash = SecretHash.Of(text),
            Owner = Owner,
            Tags = tags,
            Reusable = Reusable,
            Ephemeral = Ephemeral,
            Preapproved = Preapproved,
            CreatedAt = draft.Now,
            Expiry = Lifetime is { } time ? Clock.Truncate(draft.Now + time) : null,
        };
        draft.Put(key);
        return new NewPreAuthKey(key, text);
    }
}
