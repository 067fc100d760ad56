using System.Runtime.InteropServices;
using static SQLitePCL.NativeLibraryLoader;

namespace SQLitePCL;

/// <content>Functions, collations and hooks, and what may be called from inside one. Contexts and values live for one callback.</content>
internal static unsafe partial class Native
{
    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_create_function_v2(
        sqlite3 connection,
        string name,
        int argumentCount,
        int flags,
        nint userData,
        delegate* unmanaged[Cdecl]<nint, int, nint*, void> scalar,
        delegate* unmanaged[Cdecl]<nint, int, nint*, void> step,
        delegate* unmanaged[Cdecl]<nint, void> final,
        delegate* unmanaged[Cdecl]<nint, void> destroy);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_create_collation_v2(
        sqlite3 connection,
        string name,
        int encoding,
        nint userData,
        delegate* unmanaged[Cdecl]<nint, int, byte*, int, byte*, int> compare,
        delegate* unmanaged[Cdecl]<nint, void> destroy);

    // Takes the plain pointer because a connection also calls it while it is being released.
    [LibraryImport(Name)]
    internal static partial nint sqlite3_rollback_hook(nint connection, delegate* unmanaged[Cdecl]<nint, void> hook, nint userData);

    [LibraryImport(Name)]
    internal static partial nint sqlite3_user_data(nint context);

    [LibraryImport(Name)]
    internal static partial nint* sqlite3_aggregate_context(nint context, int size);

    [LibraryImport(Name)]
    internal static partial int sqlite3_value_type(nint value);

    [LibraryImport(Name)]
    internal static partial int sqlite3_value_bytes(nint value);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_value_text(nint value);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_value_blob(nint value);

    [LibraryImport(Name)]
    internal static partial double sqlite3_value_double(nint value);

    [LibraryImport(Name)]
    internal static partial long sqlite3_value_int64(nint value);

    [LibraryImport(Name)]
    internal static partial void sqlite3_result_blob(nint context, byte* bytes, int count, nint destructor);

    [LibraryImport(Name)]
    internal static partial void sqlite3_result_text(nint context, byte* text, int count, nint destructor);

    [LibraryImport(Name)]
    internal static partial void sqlite3_result_double(nint context, double value);

    [LibraryImport(Name)]
    internal static partial void sqlite3_result_int64(nint context, long value);

    [LibraryImport(Name)]
    internal static partial void sqlite3_result_null(nint context);

    [LibraryImport(Name)]
    internal static partial void sqlite3_result_error(nint context, byte* message, int count);

    [LibraryImport(Name)]
    internal static partial void sqlite3_result_error_code(nint context, int resultCode);
}
