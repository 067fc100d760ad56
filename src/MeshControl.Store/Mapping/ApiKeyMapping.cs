using MeshControl.Core.Model;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class ApiKeyMapping
{
    public static ApiKeyRow ToRow(this ApiKey key, TailnetId tailnet) => new()
    {
        Id = key.Id.Value,
        TailnetId = tailnet.Value,
        Prefix = key.Prefix,
        Hash = KeyColumns.Of(key.Hash.Bytes),
        CreatedAt = Microseconds.Of(key.CreatedAt),
        Expiry = Microseconds.Of(key.Expiry),
    };

    public static ApiKey ToModel(this ApiKeyRow row) => new()
    {
        Id = new ApiKeyId(row.Id),
        Prefix = row.Prefix,
        Hash = new SecretHash(KeyColumns.ToKey(row.Hash)),
        CreatedAt = Microseconds.ToTime(row.CreatedAt),
        Expiry = Microseconds.ToTime(row.Expiry),
    };
}
