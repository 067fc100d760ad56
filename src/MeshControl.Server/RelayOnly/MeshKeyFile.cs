namespace MeshControl.Server.RelayOnly;

/// <summary>The file with the key of a region: who has it is a relay.</summary>
internal static class MeshKeyFile
{
    /// <summary>Whether everybody on the machine may read a file. Its group may: that is how it is shared with a service's user.</summary>
    public static bool IsReadableByOthers(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead);
}
