using System.Net.Sockets;

namespace MeshControl.Server.Admin;

/// <summary>The file behind the admin API's Unix socket.</summary>
internal static class AdminSocket
{
    /// <summary>Makes room for the socket: creates its directory and removes what a server that was killed left behind.</summary>
    /// <returns>Null, or one sentence that says why there is no room.</returns>
    public static string? Prepare(string path)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
            {
                Directory.CreateDirectory(directory);
            }

            if (!Path.Exists(path))
            {
                return null;
            }

            if (Check(path) is { } obstacle)
            {
                return obstacle;
            }

            if (IsAlive(path))
            {
                return $"Another server listens on {path}; stop it, or set unix_socket to another path.";
            }

            File.Delete(path);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The socket {path} cannot be created: {exception.Message}";
        }
    }

    /// <summary>Looks whether something else is in the socket's place, and changes nothing.</summary>
    /// <returns>Null, or one sentence that says what it is.</returns>
    public static string? Check(string path) => !Path.Exists(path) || IsSocket(path)
        ? null
        : $"{path} exists and is not a socket; remove it, or set unix_socket to another path.";

    /// <summary>Lets owner, group and others in as configured. Until then nobody but the owner gets in, by the usual umask.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>A socket is the one kind of file that cannot be opened by its name (ENXIO, or its like elsewhere).</summary>
    private static bool IsSocket(string path)
    {
        if (Directory.Exists(path))
        {
            return false;
        }

        try
        {
            using var handle = File.OpenHandle(path);
            return false;
        }
        catch (IOException exception)
        {
            return exception is not (FileNotFoundException or DirectoryNotFoundException);
        }
    }

    private static bool IsAlive(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
