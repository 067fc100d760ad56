using MeshControl.Core.Model;

namespace MeshControl.Core.ApiKeys;

/// <summary>A key just made, with its text, which nobody will see again.</summary>
public sealed record NewApiKey(ApiKey Key, string Text)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"API key {Key.Id} ({Key.Prefix}…)";
}
