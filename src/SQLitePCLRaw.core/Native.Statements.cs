using System.Runtime.InteropServices;
using static SQLitePCL.NativeLibraryLoader;

namespace SQLitePCL;

/// <content>Prepared statements: their life, their parameters, the columns of their current row.</content>
internal static unsafe partial class Native
{
    [LibraryImport(Name)]
    internal static partial int sqlite3_prepare_v2(sqlite3 connection, byte* sql, int count, out nint statement, out byte* tail);

    [LibraryImport(Name)]
    internal static partial int sqlite3_finalize(nint statement);

    [LibraryImport(Name)]
    internal static partial int sqlite3_step(sqlite3_stmt statement);

    [LibraryImport(Name)]
    internal static partial int sqlite3_reset(sqlite3_stmt statement);

    [LibraryImport(Name)]
    internal static partial int sqlite3_stmt_readonly(sqlite3_stmt statement);

    [LibraryImport(Name)]
    internal static partial int sqlite3_stmt_isexplain(sqlite3_stmt statement);

    [LibraryImport(Name)]
    internal static partial int sqlite3_bind_parameter_count(sqlite3_stmt statement);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_bind_parameter_index(sqlite3_stmt statement, string name);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_bind_parameter_name(sqlite3_stmt statement, int index);

    [LibraryImport(Name)]
    internal static partial int sqlite3_bind_text(sqlite3_stmt statement, int index, byte* text, int count, nint destructor);

    [LibraryImport(Name)]
    internal static partial int sqlite3_bind_blob(sqlite3_stmt statement, int index, byte* bytes, int count, nint destructor);

    [LibraryImport(Name)]
    internal static partial int sqlite3_bind_double(sqlite3_stmt statement, int index, double value);

    [LibraryImport(Name)]
    internal static partial int sqlite3_bind_int64(sqlite3_stmt statement, int index, long value);

    [LibraryImport(Name)]
    internal static partial int sqlite3_bind_null(sqlite3_stmt statement, int index);

    [LibraryImport(Name)]
    internal static partial int sqlite3_column_count(sqlite3_stmt statement);

    [LibraryImport(Name)]
    internal static partial int sqlite3_data_count(sqlite3_stmt statement);

    [LibraryImport(Name)]
    internal static partial int sqlite3_column_type(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial int sqlite3_column_bytes(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_column_text(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_column_blob(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial double sqlite3_column_double(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial long sqlite3_column_int64(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_column_name(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_column_decltype(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_column_database_name(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_column_table_name(sqlite3_stmt statement, int column);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_column_origin_name(sqlite3_stmt statement, int column);
}
