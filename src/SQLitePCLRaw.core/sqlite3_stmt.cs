using Microsoft.Win32.SafeHandles;

namespace SQLitePCL;

/// <summary>A prepared statement; invalid when the text held nothing but white space and comments.</summary>
public sealed class sqlite3_stmt : SafeHandleZeroOrMinusOneIsInvalid
{
    internal sqlite3_stmt(nint statement)
        : base(ownsHandle: true) => SetHandle(statement);

    protected override bool ReleaseHandle()
    {
        // The result repeats the error of the last step, it does not say that finalizing failed.
        _ = Native.sqlite3_finalize(handle);
        return true;
    }
}
