using Microsoft.Win32.SafeHandles;

namespace SQLitePCL;

/// <summary>A blob opened for reading or writing in place.</summary>
public sealed class sqlite3_blob : SafeHandleZeroOrMinusOneIsInvalid
{
    internal sqlite3_blob(nint blob)
        : base(ownsHandle: true) => SetHandle(blob);

    protected override bool ReleaseHandle()
    {
        _ = Native.sqlite3_blob_close(handle);
        return true;
    }
}
