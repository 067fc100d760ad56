namespace SQLitePCL;

/// <content>Arguments and results of functions, inside their callbacks.</content>
public static unsafe partial class raw
{
    public static int sqlite3_value_type(sqlite3_value value) => Native.sqlite3_value_type(value.Pointer);

    public static utf8z sqlite3_value_text(sqlite3_value value)
    {
        var text = Native.sqlite3_value_text(value.Pointer);
        return text is null ? default : utf8z.FromPointer(text, Native.sqlite3_value_bytes(value.Pointer));
    }

    public static ReadOnlySpan<byte> sqlite3_value_blob(sqlite3_value value)
    {
        var bytes = Native.sqlite3_value_blob(value.Pointer);
        return bytes is null ? default : new ReadOnlySpan<byte>(bytes, Native.sqlite3_value_bytes(value.Pointer));
    }

    public static double sqlite3_value_double(sqlite3_value value) => Native.sqlite3_value_double(value.Pointer);

    public static long sqlite3_value_int64(sqlite3_value value) => Native.sqlite3_value_int64(value.Pointer);

    public static void sqlite3_result_blob(sqlite3_context context, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
        {
            Native.sqlite3_result_blob(context.Pointer, NotNull(pointer), value.Length, Transient);
        }
    }

    public static void sqlite3_result_text(sqlite3_context context, string value)
    {
        using var text = new Utf8Buffer(value, stackalloc byte[StackText]);
        fixed (byte* pointer = text)
        {
            Native.sqlite3_result_text(context.Pointer, pointer, text.Length, Transient);
        }
    }

    public static void sqlite3_result_double(sqlite3_context context, double value) =>
        Native.sqlite3_result_double(context.Pointer, value);

    public static void sqlite3_result_int64(sqlite3_context context, long value) => Native.sqlite3_result_int64(context.Pointer, value);

    public static void sqlite3_result_null(sqlite3_context context) => Native.sqlite3_result_null(context.Pointer);

    public static void sqlite3_result_error(sqlite3_context context, string message)
    {
        using var text = new Utf8Buffer(message, stackalloc byte[StackText]);
        fixed (byte* pointer = text)
        {
            Native.sqlite3_result_error(context.Pointer, pointer, text.Length);
        }
    }

    public static void sqlite3_result_error_code(sqlite3_context context, int rc) =>
        Native.sqlite3_result_error_code(context.Pointer, rc);
}
