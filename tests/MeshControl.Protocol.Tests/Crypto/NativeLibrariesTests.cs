using MeshControl.Protocol.Interop;

namespace MeshControl.Protocol.Tests.Crypto;

public sealed class NativeLibrariesTests
{
    [Fact]
    public void Load_NoFileThere_NamesFilesAndPackage()
    {
        var dependency = new NativeDependency("libabsent", ["libabsent.so.9", "libabsent.so"], "Absent 9", "libabsent9");

        var fault = Assert.Throws<DllNotFoundException>(() => NativeLibraries.Load(dependency));

        Assert.Equal(
            "The Absent 9 library (libabsent.so.9 or libabsent.so) was not found. " +
            "Install it; on Debian and Ubuntu it is in the package libabsent9.",
            fault.Message);
    }

    [Fact]
    public void Load_FirstFileMissing_TakesTheNext()
    {
        var dependency = new NativeDependency("libcrypto", ["libabsent.so.9", "libcrypto.so.3"], "OpenSSL 3", "libssl3");

        Assert.NotEqual(0, NativeLibraries.Load(dependency));
    }
}
