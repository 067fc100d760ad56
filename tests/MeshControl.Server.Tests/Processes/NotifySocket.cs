using System.Net.Sockets;
using System.Text;

namespace MeshControl.Server.Tests.Processes;

/// <summary>The service manager's end of the line.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly DirectoryInfo? _directory;

    /// <param name="isAbstract">A name without a file.</param>
    public NotifySocket(bool isAbstract = false)
    {
        if (isAbstract)
        {
            var name = $"meshcontrol-{Guid.NewGuid():N}";
            _socket.Bind(new UnixDomainSocketEndPoint('\0' + name));
            Path = '@' + name;
            return;
        }

        _directory = Directory.CreateTempSubdirectory("notify");
        Path = System.IO.Path.Combine(_directory.FullName, "s");
        _socket.Bind(new UnixDomainSocketEndPoint(Path));
    }

    /// <summary>As it stands in the variable.</summary>
    public string Path { get; }

    /// <summary>The next message's lines.</summary>
    public async Task<string[]> ReceiveAsync()
    {
        var buffer = new byte[4096];
        var length = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length).Split('\n');
    }

    public void Dispose()
    {
        _socket.Dispose();
        _directory?.Delete(recursive: true);
    }
}
