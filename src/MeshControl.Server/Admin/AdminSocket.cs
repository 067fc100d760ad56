using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

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
    /// <returns>Null, or one sentence that says what it is or why nobody can tell.</returns>
    public static string? Check(string path) => Check(path, file => File.OpenHandle(file));

    /// <param name="path">Of the socket.</param>
    /// <param name="open">Opens a file for reading; the system forbids nothing to root, so a test forbids in its place.</param>
    internal static string? Check(string path, Func<string, SafeFileHandle> open)
    {
        try
        {
            return !Path.Exists(path) || IsSocket(path, open)
                ? null
                : $"{path} exists and is not a socket; remove it, or set unix_socket to another path.";
        }
        catch (UnauthorizedAccessException exception)
        {
            return $"The socket {path} (unix_socket) cannot be looked at: {exception.Message}";
        }
    }

    /// <summary>Lets owner, group and others in as configured. Until then nobody but the owner gets in, by the usual umask.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>A socket is the one kind of file that cannot be opened by its name (ENXIO, or its like elsewhere).</summary>
    private static bool IsSocket(string path, Func<string, SafeFileHandle> open)
    {
        if (Directory.Exists(path))
        {
            return false;
        }

        try
        {
            using var handle = open(path);
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
