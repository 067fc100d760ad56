using System.Reflection;
using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <summary>Finds the system's SQLite under the names that the supported systems give it.</summary>
internal static class NativeLibraryLoader
{
    /// <summary>The name the imports are declared with; never the name of a file.</summary>
    public const string Name = "sqlite3";

    public static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != Name)
        {
            return 0;
        }

        // The versioned name first: the plain one belongs to the development package.
        ReadOnlySpan<string> candidates = OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"] : ["libsqlite3.so.0", "libsqlite3.so"];
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, searchPath, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(
            "SQLite's shared library libsqlite3.so.0 was not found; install it (Debian and Ubuntu: apt install libsqlite3-0).");
    }
}
