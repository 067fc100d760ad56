using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SQLitePCL;

/// <summary>A database connection.</summary>
public sealed class sqlite3 : SafeHandleZeroOrMinusOneIsInvalid
{
    // SQLite has no destructor callback for hooks, so the connection owns the hook. SQLite gets a weak handle: the consumer's
    // delegate leads back to this connection, and a strong one would keep a forgotten connection and its locks for ever.
    // Used by one thread at a time, as SQLite demands of a connection that registers hooks.
    private RollbackHook? _rollbackHook;
    private WeakGCHandle<RollbackHook> _rollbackHandle;

    internal sqlite3(nint connection)
        : base(ownsHandle: true) => SetHandle(connection);

    internal unsafe void SetRollbackHook(RollbackHook? hook)
    {
        var previous = _rollbackHandle;
        _rollbackHook = hook;
        if (hook is null)
        {
            _rollbackHandle = default;
            Native.sqlite3_rollback_hook(handle, null, 0);
        }
        else
        {
            _rollbackHandle = new WeakGCHandle<RollbackHook>(hook);
            Native.sqlite3_rollback_hook(handle, RollbackHook.Callback, WeakGCHandle<RollbackHook>.ToIntPtr(_rollbackHandle));
        }

        previous.Dispose();
    }

    protected override bool ReleaseHandle()
    {
        // A statement may outlive its connection when finalizers run in the wrong order. close_v2 then keeps the connection until
        // the last statement is gone, and the rollback it does at that moment must not reach a hook that is gone already.
        SetRollbackHook(null);
        return Native.sqlite3_close_v2(handle) == ResultCode.Ok;
    }
}
