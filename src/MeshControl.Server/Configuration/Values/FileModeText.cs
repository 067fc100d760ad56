namespace MeshControl.Server.Configuration.Values;

/// <summary>Permissions in octal: <c>0770</c>, <c>770</c> or <c>0o770</c>.</summary>
internal static class FileModeText
{
    private const int AllPermissions = 0x1ff;

    public static Parsed<UnixFileMode> Parse(string text)
    {
        var digits = text.StartsWith("0o", StringComparison.Ordinal) ? text[2..] : text;
        return digits.Length is 3 or 4
            && digits.All(c => c is >= '0' and <= '7')
            && Convert.ToInt32(digits, 8) is var mode and <= AllPermissions
            ? (UnixFileMode)mode
            : Parsed<UnixFileMode>.Bad($"\"{text}\" is not a file mode.", "Write three octal digits behind a zero, in quotes: \"0770\".");
    }

    public static string Format(UnixFileMode mode) =>
        $"\"0{Convert.ToString((int)mode, 8).PadLeft(3, '0')}\"";
}
