namespace SQLitePCL;

/// <summary>An argument of a function; valid during one callback.</summary>
public sealed class sqlite3_value
{
    internal sqlite3_value(nint pointer) => Pointer = pointer;

    internal nint Pointer { get; }
}
