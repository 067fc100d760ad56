using System.Globalization;

namespace MeshControl.Store.Sqlite;

/// <summary>The system's SQLite, before the first connection.</summary>
internal static class SqliteLibrary
{
    /// <summary>3.35.0 brought <c>RETURNING</c>, which EF Core's statements use.</summary>
    public const int MinimumVersion = 3_035_000;

    /// <summary>SQLite's own form: 3.40.1 is 3040001.</summary>
    public static int Version => SQLitePCL.raw.sqlite3_libversion_number();

    /// <summary>One sentence for the operator when the library cannot be used; null when it can.</summary>
    public static string? Problem(int version) => version >= MinimumVersion
        ? null
        : $"The system's SQLite library is version {Text(version)}, but {Text(MinimumVersion)} or newer is needed; "
            + "update the package libsqlite3-0.";

    private static string Text(int version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version / 1_000_000}.{version / 1000 % 1000}.{version % 1000}");
}
