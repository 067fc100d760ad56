namespace MeshControl.Store;

/// <summary>Nothing was written, because another server has taken the database.</summary>
internal sealed class DatabaseTakenException(string problem) : Exception(problem);
