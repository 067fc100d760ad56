namespace MeshControl.Core.Storage;

/// <summary>One row to write. A deletion carries the last known state, for its key.</summary>
public readonly record struct RowChange<T>(RowOperation Operation, T Entity)
    where T : class;
