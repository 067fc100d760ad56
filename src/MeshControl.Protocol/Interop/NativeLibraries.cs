using System.Reflection;
using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Interop;

/// <summary>Finds the system libraries behind the bindings of this assembly and explains what to install when one is missing.</summary>
internal static class NativeLibraries
{
    public const string Crypto = "libcrypto";
    public const string Zstd = "libzstd";

    private static readonly NativeDependency[] Dependencies =
    [
        // The versioned name first: it is what run time packages install; the bare one comes with development packages only.
        new(Crypto, ["libcrypto.so.3", "libcrypto.so"], "OpenSSL 3", "libssl3"),
        new(Zstd, ["libzstd.so.1", "libzstd.so"], "Zstandard", "libzstd1"),
    ];

    // An assembly has exactly one resolver; the type initialiser registers it exactly once.
    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Called from the type initialiser of every binding, so that the resolver is there before the first import.</summary>
    public static void EnsureResolver()
    {
    }

    /// <exception cref="DllNotFoundException">None of the files can be loaded; the message names the package.</exception>
    internal static nint Load(NativeDependency dependency)
    {
        foreach (var fileName in dependency.FileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException(
            $"The {dependency.Description} library ({string.Join(" or ", dependency.FileNames)}) was not found. " +
            $"Install it; on Debian and Ubuntu it is in the package {dependency.DebianPackage}.");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        var dependency = Array.Find(Dependencies, candidate => candidate.ImportName == name);
        return dependency is null ? 0 : Load(dependency);
    }
}
