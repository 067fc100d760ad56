namespace MeshControl.Core.Storage;

/// <summary>What is numbered per server. The values are stored.</summary>
public enum IdKind
{
    User = 1,
    Node = 2,
    PreAuthKey = 3,
    ApiKey = 4,
}
