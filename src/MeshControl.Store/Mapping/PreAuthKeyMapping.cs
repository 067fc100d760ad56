using MeshControl.Core.Model;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class PreAuthKeyMapping
{
    public static PreAuthKeyRow ToRow(this PreAuthKey key, TailnetId tailnet) => new()
    {
        Id = key.Id.Value,
        TailnetId = tailnet.Value,
        Prefix = key.Prefix,
        Hash = KeyColumns.Of(key.Hash.Bytes),
        OwnerId = key.Owner?.Value,
        Tags = [.. key.Tags],
        Reusable = key.Reusable,
        Ephemeral = key.Ephemeral,
        Preapproved = key.Preapproved,
        CreatedAt = Microseconds.Of(key.CreatedAt),
        Expiry = Microseconds.Of(key.Expiry),
        RevokedAt = Microseconds.Of(key.RevokedAt),
        UsedAt = Microseconds.Of(key.UsedAt),
    };

    public static PreAuthKey ToModel(this PreAuthKeyRow row) => new()
    {
        Id = new PreAuthKeyId(row.Id),
        Prefix = row.Prefix,
        Hash = new SecretHash(KeyColumns.ToKey(row.Hash)),
        Owner = row.OwnerId is { } owner ? new UserId(owner) : null,
        Tags = [.. row.Tags],
        Reusable = row.Reusable,
        Ephemeral = row.Ephemeral,
        Preapproved = row.Preapproved,
        CreatedAt = Microseconds.ToTime(row.CreatedAt),
        Expiry = Microseconds.ToTime(row.Expiry),
        RevokedAt = Microseconds.ToTime(row.RevokedAt),
        UsedAt = Microseconds.ToTime(row.UsedAt),
    };
}
