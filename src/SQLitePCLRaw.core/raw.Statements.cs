namespace SQLitePCL;

/// <content>Prepared statements, their parameters and columns.</content>
public static unsafe partial class raw
{
    // Longer texts go through a rented array.
    private const int StackText = 512;

    public static int sqlite3_prepare_v2(sqlite3 db, string sql, out sqlite3_stmt statement)
    {
        using var text = new Utf8Buffer(sql, stackalloc byte[StackText]);
        fixed (byte* pointer = text)
        {
            var result = Native.sqlite3_prepare_v2(db, pointer, text.Length, out var prepared, out _);
            statement = new sqlite3_stmt(prepared);
            return result;
        }
    }

    /// <summary>Prepares the first statement of <paramref name="sql"/>; <paramref name="tail"/> is what follows it.</summary>
    public static int sqlite3_prepare_v2(sqlite3 db, ReadOnlySpan<byte> sql, out sqlite3_stmt statement, out ReadOnlySpan<byte> tail)
    {
        fixed (byte* pointer = sql)
        {
            var start = NotNull(pointer);
            var result = Native.sqlite3_prepare_v2(db, start, sql.Length, out var prepared, out var rest);
            statement = new sqlite3_stmt(prepared);
            tail = rest is null ? default : sql[(int)(rest - start)..];
            return result;
        }
    }

    public static int sqlite3_step(sqlite3_stmt statement) => Native.sqlite3_step(statement);

    public static int sqlite3_reset(sqlite3_stmt statement) => Native.sqlite3_reset(statement);

    public static int sqlite3_stmt_readonly(sqlite3_stmt statement) => Native.sqlite3_stmt_readonly(statement);

    public static int sqlite3_stmt_isexplain(sqlite3_stmt statement) => Native.sqlite3_stmt_isexplain(statement);

    public static int sqlite3_bind_parameter_count(sqlite3_stmt statement) => Native.sqlite3_bind_parameter_count(statement);

    public static int sqlite3_bind_parameter_index(sqlite3_stmt statement, string name) =>
        Native.sqlite3_bind_parameter_index(statement, name);

    public static utf8z sqlite3_bind_parameter_name(sqlite3_stmt statement, int index) =>
        utf8z.FromPointer(Native.sqlite3_bind_parameter_name(statement, index));

    public static int sqlite3_bind_text(sqlite3_stmt statement, int index, string value)
    {
        using var text = new Utf8Buffer(value, stackalloc byte[StackText]);
        fixed (byte* pointer = text)
        {
            return Native.sqlite3_bind_text(statement, index, pointer, text.Length, Transient);
        }
    }

    public static int sqlite3_bind_blob(sqlite3_stmt statement, int index, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
        {
            return Native.sqlite3_bind_blob(statement, index, NotNull(pointer), value.Length, Transient);
        }
    }

    public static int sqlite3_bind_double(sqlite3_stmt statement, int index, double value) =>
        Native.sqlite3_bind_double(statement, index, value);

    public static int sqlite3_bind_int64(sqlite3_stmt statement, int index, long value) =>
        Native.sqlite3_bind_int64(statement, index, value);

    public static int sqlite3_bind_null(sqlite3_stmt statement, int index) => Native.sqlite3_bind_null(statement, index);

    public static int sqlite3_column_count(sqlite3_stmt statement) => Native.sqlite3_column_count(statement);

    public static int sqlite3_data_count(sqlite3_stmt statement) => Native.sqlite3_data_count(statement);

    public static int sqlite3_column_type(sqlite3_stmt statement, int column) => Native.sqlite3_column_type(statement, column);

    public static utf8z sqlite3_column_text(sqlite3_stmt statement, int column)
    {
        // The length must be asked after the text: asking for the text may convert the value and with it its length.
        var text = Native.sqlite3_column_text(statement, column);
        return text is null ? default : utf8z.FromPointer(text, Native.sqlite3_column_bytes(statement, column));
    }

    public static ReadOnlySpan<byte> sqlite3_column_blob(sqlite3_stmt statement, int column)
    {
        var bytes = Native.sqlite3_column_blob(statement, column);
        return bytes is null ? default : new ReadOnlySpan<byte>(bytes, Native.sqlite3_column_bytes(statement, column));
    }

    public static double sqlite3_column_double(sqlite3_stmt statement, int column) => Native.sqlite3_column_double(statement, column);

    public static long sqlite3_column_int64(sqlite3_stmt statement, int column) => Native.sqlite3_column_int64(statement, column);

    public static utf8z sqlite3_column_name(sqlite3_stmt statement, int column) =>
        utf8z.FromPointer(Native.sqlite3_column_name(statement, column));

    public static utf8z sqlite3_column_decltype(sqlite3_stmt statement, int column) =>
        utf8z.FromPointer(Native.sqlite3_column_decltype(statement, column));

    public static utf8z sqlite3_column_database_name(sqlite3_stmt statement, int column) =>
        utf8z.FromPointer(Native.sqlite3_column_database_name(statement, column));

    public static utf8z sqlite3_column_table_name(sqlite3_stmt statement, int column) =>
        utf8z.FromPointer(Native.sqlite3_column_table_name(statement, column));

    public static utf8z sqlite3_column_origin_name(sqlite3_stmt statement, int column) =>
        utf8z.FromPointer(Native.sqlite3_column_origin_name(statement, column));
}
