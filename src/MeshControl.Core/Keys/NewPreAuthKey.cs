using MeshControl.Core.Model;

namespace MeshControl.Core.Keys;

/// <summary>A key just made, with its text, which nobody will see again.</summary>
public sealed record NewPreAuthKey(PreAuthKey Key, string Text)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => $"pre-auth key {Key.Id} ({Key.Prefix}…)";
}
