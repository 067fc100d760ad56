using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <summary>A registered rollback hook; <see cref="sqlite3"/> owns the handle to it.</summary>
internal sealed unsafe class RollbackHook(delegate_rollback hook, object? userData)
{
    public static delegate* unmanaged[Cdecl]<nint, void> Callback => &OnRollback;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRollback(nint handle)
    {
        try
        {
            if (WeakGCHandle<RollbackHook>.FromIntPtr(handle).TryGetTarget(out var hook))
            {
                hook.Invoke();
            }
        }
        catch (Exception)
        {
            // A rollback cannot fail and has nobody to tell; the consumer's hook only sets a flag.
        }
    }

    private void Invoke() => hook(userData);
}
