using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <content>Connections, and the blobs and backups opened on them.</content>
public static unsafe partial class raw
{
    private const int OpenReadWrite = 2;
    private const int OpenCreate = 4;

    public static int sqlite3_open(string filename, out sqlite3 db) => sqlite3_open_v2(filename, out db, OpenReadWrite | OpenCreate, null);

    /// <summary>On an error, too, <paramref name="db"/> is a connection: it holds the error's text and must be released.</summary>
    public static int sqlite3_open_v2(string filename, out sqlite3 db, int flags, string? vfs)
    {
        var result = Native.sqlite3_open_v2(filename, out var connection, flags, vfs);
        db = new sqlite3(connection);
        return result;
    }

    public static int sqlite3_exec(sqlite3 db, string sql) => Native.sqlite3_exec(db, sql, 0, 0, null);

    public static int sqlite3_changes(sqlite3 db) => Native.sqlite3_changes(db);

    public static int sqlite3_errcode(sqlite3 db) => Native.sqlite3_errcode(db);

    public static int sqlite3_extended_errcode(sqlite3 db) => Native.sqlite3_extended_errcode(db);

    public static utf8z sqlite3_errmsg(sqlite3 db) => utf8z.FromPointer(Native.sqlite3_errmsg(db));

    public static utf8z sqlite3_db_filename(sqlite3 db, string? name) => utf8z.FromPointer(Native.sqlite3_db_filename(db, name));

    public static int sqlite3_db_config(sqlite3 db, int option, int value, out int result) =>
        Native.sqlite3_db_config(db, option, value, out result);

    public static int sqlite3_enable_load_extension(sqlite3 db, int enable) => Native.sqlite3_enable_load_extension(db, enable);

    public static int sqlite3_load_extension(sqlite3 db, utf8z file, utf8z entryPoint, out utf8z error)
    {
        fixed (byte* filePointer = file, entryPointer = entryPoint)
        {
            var result = Native.sqlite3_load_extension(db, filePointer, entryPointer, out var message);
            error = utf8z.FromString(Marshal.PtrToStringUTF8((nint)message));
            Native.sqlite3_free(message);
            return result;
        }
    }

    public static int sqlite3_table_column_metadata(
        sqlite3 db,
        string? database,
        string table,
        string? column,
        out string? dataType,
        out string? collation,
        out int notNull,
        out int primaryKey,
        out int autoIncrement)
    {
        var result = Native.sqlite3_table_column_metadata(
            db, database, table, column, out var typeText, out var collationText, out notNull, out primaryKey, out autoIncrement);
        dataType = Marshal.PtrToStringUTF8((nint)typeText);
        collation = Marshal.PtrToStringUTF8((nint)collationText);
        return result;
    }

    public static int sqlite3_blob_open(
        sqlite3 db, string database, string table, string column, long rowId, int flags, out sqlite3_blob blob)
    {
        var result = Native.sqlite3_blob_open(db, database, table, column, rowId, flags, out var pointer);
        blob = new sqlite3_blob(pointer);
        return result;
    }

    public static int sqlite3_blob_bytes(sqlite3_blob blob) => Native.sqlite3_blob_bytes(blob);

    public static int sqlite3_blob_read(sqlite3_blob blob, Span<byte> destination, int offset)
    {
        fixed (byte* pointer = destination)
        {
            return Native.sqlite3_blob_read(blob, pointer, destination.Length, offset);
        }
    }

    public static int sqlite3_blob_write(sqlite3_blob blob, ReadOnlySpan<byte> source, int offset)
    {
        fixed (byte* pointer = source)
        {
            return Native.sqlite3_blob_write(blob, pointer, source.Length, offset);
        }
    }

    public static sqlite3_backup sqlite3_backup_init(sqlite3 target, string targetName, sqlite3 source, string sourceName) =>
        new(Native.sqlite3_backup_init(target, targetName, source, sourceName));

    public static int sqlite3_backup_step(sqlite3_backup backup, int pages) => Native.sqlite3_backup_step(backup, pages);
}
