namespace MeshControl.Store;

/// <summary>A database in a file, for one server that keeps its own state.</summary>
public sealed class SqliteStoreOptions : StoreOptions
{
    /// <summary>The file; made, with its directory, when it does not exist.</summary>
    public required string Path { get; init; }
}
