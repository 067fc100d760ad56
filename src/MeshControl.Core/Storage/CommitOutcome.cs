namespace MeshControl.Core.Storage;

/// <summary>What became of a batch.</summary>
public enum CommitOutcome
{
    /// <summary>Durable.</summary>
    Committed,

    /// <summary>Nothing was written: a row broke a unique or foreign key constraint.</summary>
    ConstraintViolated,

    /// <summary>Nothing was written: the tailnet's sequence was not the expected one, so somebody else writes it.</summary>
    Fenced,

    /// <summary>Nothing was written: the database could not be reached, is full, or is busy.</summary>
    Unavailable,

    /// <summary>The connection broke while committing: the batch may be written or not. Read the sequence to know.</summary>
    Unknown,
}
