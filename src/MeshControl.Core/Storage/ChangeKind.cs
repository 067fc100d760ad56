namespace MeshControl.Core.Storage;

/// <summary>Kinds of rows that the change log speaks of. The values are stored.</summary>
public enum ChangeKind
{
    User = 1,
    Node = 2,
    PreAuthKey = 3,
    ApiKey = 4,

    /// <summary>A new version of the policy; the id is the version.</summary>
    Policy = 5,
}
