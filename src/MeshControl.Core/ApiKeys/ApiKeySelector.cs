using MeshControl.Core.Model;

namespace MeshControl.Core.ApiKeys;

/// <summary>Names one API key: by its id, else by its beginning.</summary>
public readonly record struct ApiKeySelector(ApiKeyId? Id, string? Prefix)
{
    public static ApiKeySelector ById(long id) => new(new ApiKeyId(id), null);

    public static ApiKeySelector ByPrefix(string prefix) => new(null, prefix);
}
