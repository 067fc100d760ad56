using System.Runtime.InteropServices;
using static SQLitePCL.NativeLibraryLoader;

namespace SQLitePCL;

/// <summary>
/// SQLite's C functions as they are declared in sqlite3.h: the library, connections and what hangs off a connection.
/// Handles are passed as safe handles, so a native object cannot be released while a call uses it.
/// </summary>
internal static unsafe partial class Native
{
    static Native() => Register();

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_libversion();

    [LibraryImport(Name)]
    internal static partial int sqlite3_libversion_number();

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_errstr(int resultCode);

    [LibraryImport(Name)]
    internal static partial int sqlite3_keyword_count();

    [LibraryImport(Name)]
    internal static partial int sqlite3_keyword_name(int index, out byte* name, out int length);

    [LibraryImport(Name)]
    internal static partial void sqlite3_free(void* memory);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_open_v2(string? file, out nint connection, int flags, string? vfs);

    [LibraryImport(Name)]
    internal static partial int sqlite3_close_v2(nint connection);

    [LibraryImport(Name)]
    internal static partial void sqlite3_interrupt(nint connection);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_exec(sqlite3 connection, string sql, nint callback, nint argument, byte** error);

    [LibraryImport(Name)]
    internal static partial int sqlite3_changes(sqlite3 connection);

    [LibraryImport(Name)]
    internal static partial int sqlite3_errcode(sqlite3 connection);

    [LibraryImport(Name)]
    internal static partial int sqlite3_extended_errcode(sqlite3 connection);

    [LibraryImport(Name)]
    internal static partial byte* sqlite3_errmsg(sqlite3 connection);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* sqlite3_db_filename(sqlite3 connection, string? database);

    // Variadic in C. Integer and pointer arguments travel like those of an ordinary function on Linux x64 and arm64.
    [LibraryImport(Name)]
    internal static partial int sqlite3_db_config(sqlite3 connection, int option, int value, out int result);

    [LibraryImport(Name)]
    internal static partial int sqlite3_enable_load_extension(sqlite3 connection, int on);

    [LibraryImport(Name)]
    internal static partial int sqlite3_load_extension(sqlite3 connection, byte* file, byte* entryPoint, out byte* error);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_table_column_metadata(
        sqlite3 connection,
        string? database,
        string table,
        string? column,
        out byte* dataType,
        out byte* collation,
        out int notNull,
        out int primaryKey,
        out int autoIncrement);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sqlite3_blob_open(
        sqlite3 connection, string database, string table, string column, long rowId, int flags, out nint blob);

    [LibraryImport(Name)]
    internal static partial int sqlite3_blob_close(nint blob);

    [LibraryImport(Name)]
    internal static partial int sqlite3_blob_bytes(sqlite3_blob blob);

    [LibraryImport(Name)]
    internal static partial int sqlite3_blob_read(sqlite3_blob blob, byte* buffer, int count, int offset);

    [LibraryImport(Name)]
    internal static partial int sqlite3_blob_write(sqlite3_blob blob, byte* buffer, int count, int offset);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint sqlite3_backup_init(sqlite3 target, string targetName, sqlite3 source, string sourceName);

    [LibraryImport(Name)]
    internal static partial int sqlite3_backup_step(sqlite3_backup backup, int pages);

    [LibraryImport(Name)]
    internal static partial int sqlite3_backup_finish(nint backup);
}
