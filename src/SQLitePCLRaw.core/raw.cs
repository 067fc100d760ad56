using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SQLitePCL;

/// <summary>
/// The calls of SQLite that Microsoft.Data.Sqlite and the SQLite provider of EF Core use, with exactly the signatures they were
/// compiled against. What a call means is SQLite's own documentation of the function of that name.
/// </summary>
public static unsafe partial class raw
{
    // SQLITE_TRANSIENT: SQLite copies the value before the call returns.
    private const nint Transient = -1;

    public static string GetNativeLibraryName() => NativeLibraryLoader.Name;

    public static utf8z sqlite3_libversion() => utf8z.FromPointer(Native.sqlite3_libversion());

    public static int sqlite3_libversion_number() => Native.sqlite3_libversion_number();

    public static utf8z sqlite3_errstr(int rc) => utf8z.FromPointer(Native.sqlite3_errstr(rc));

    /// <summary>Exists only in Windows builds of SQLite.</summary>
    public static int sqlite3_win32_set_directory(int type, string path) => ResultCode.Misuse;

    public static int sqlite3_keyword_count() => Native.sqlite3_keyword_count();

    public static int sqlite3_keyword_name(int index, out string name)
    {
        var result = Native.sqlite3_keyword_name(index, out var text, out var length);
        name = result == ResultCode.Ok ? Encoding.UTF8.GetString(text, length) : "";
        return result;
    }

    /// <summary>A value without bytes must not look like NULL to SQLite, so it gets an address it never reads.</summary>
    private static byte* NotNull(byte* bytes) =>
        bytes is null ? (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("\0"u8)) : bytes; // literal data never moves
}
