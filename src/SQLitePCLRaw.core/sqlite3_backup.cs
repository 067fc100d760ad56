using Microsoft.Win32.SafeHandles;

namespace SQLitePCL;

/// <summary>A copy of one database into another, under way.</summary>
public sealed class sqlite3_backup : SafeHandleZeroOrMinusOneIsInvalid
{
    internal sqlite3_backup(nint backup)
        : base(ownsHandle: true) => SetHandle(backup);

    protected override bool ReleaseHandle()
    {
        _ = Native.sqlite3_backup_finish(handle);
        return true;
    }
}
