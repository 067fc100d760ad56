namespace SQLitePCL;

/// <summary>
/// The call of a function that is under way. An aggregate gets the same object for every step and for the end, so the consumer
/// keeps its running value in <see cref="state"/>.
/// </summary>
public sealed class sqlite3_context
{
#pragma warning disable CA1051 // The consumer was compiled against a field.
    public object? state;
#pragma warning restore CA1051

    /// <summary>Valid during one callback; SQLite may move it between the steps of an aggregate.</summary>
    internal nint Pointer { get; set; }
}
