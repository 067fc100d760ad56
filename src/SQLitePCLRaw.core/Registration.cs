using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <summary>What the callbacks that SQLite makes have in common. No exception may leave any of them: native frames are below.</summary>
internal static unsafe class Registration
{
    public static delegate* unmanaged[Cdecl]<nint, void> Destroy => &OnDestroy;

    public static T Target<T>(nint handle)
        where T : class => GCHandle<T>.FromIntPtr(handle).Target;

    public static sqlite3_value[] Arguments(int count, nint* values)
    {
        if (count == 0)
        {
            return [];
        }

        var arguments = new sqlite3_value[count];
        for (var i = 0; i < count; i++)
        {
            arguments[i] = new sqlite3_value(values[i]);
        }

        return arguments;
    }

    /// <summary>Turns an exception of the consumer's function into an error of the statement that called it.</summary>
    public static void Fail(nint context, Exception exception) =>
        raw.sqlite3_result_error(new sqlite3_context { Pointer = context }, exception.Message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnDestroy(nint handle)
    {
        if (handle != 0)
        {
            GCHandle.FromIntPtr(handle).Free();
        }
    }
}
