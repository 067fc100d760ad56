namespace MeshControl.Store.Rows;

/// <summary>The one row about the database itself.</summary>
internal sealed class ServerRow
{
    /// <summary>The id of the one row.</summary>
    public const int TheOne = 1;

    public int Id { get; set; }

    /// <summary>UTC microseconds.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Version of the program that last changed the schema, for the message an older program gives.</summary>
    public required string SchemaWrittenBy { get; set; }

    /// <summary>UTC microseconds.</summary>
    public long SchemaWrittenAt { get; set; }
}
