namespace MeshControl.Core.Storage;

/// <summary>The write path never reads, so Core says whether a row is new.</summary>
public enum RowOperation
{
    Insert,
    Update,
    Delete,
}
