using System.Net.Sockets;
using MeshControl.Server.Admin;

namespace MeshControl.Server.Tests.Admin;

public sealed class AdminSocketTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sock");

    private string SocketPath => Path.Combine(_directory.FullName, "run", "s");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Prepare_NothingThere_CreatesTheDirectory()
    {
        Assert.Null(AdminSocket.Prepare(SocketPath));

        Assert.True(Directory.Exists(Path.GetDirectoryName(SocketPath)));
    }

    [Fact]
    public void Prepare_LeftBehindByAKilledServer_RemovesIt()
    {
        Assert.Null(AdminSocket.Prepare(SocketPath));
        // Bound, but nobody listens: what a killed server leaves.
        using var stale = Bind();

        Assert.True(Path.Exists(SocketPath));
        Assert.Null(AdminSocket.Prepare(SocketPath));
        Assert.False(Path.Exists(SocketPath));
    }

    [Fact]
    public void Prepare_AnotherServerListens_LeavesItAlone()
    {
        Assert.Null(AdminSocket.Prepare(SocketPath));
        using var other = Bind();
        other.Listen(1);

        Assert.Contains("Another server", AdminSocket.Prepare(SocketPath), StringComparison.Ordinal);
        Assert.True(Path.Exists(SocketPath));
    }

    [Fact]
    public void Prepare_OrdinaryFile_LeavesItAlone()
    {
        Assert.Null(AdminSocket.Prepare(SocketPath));
        File.WriteAllText(SocketPath, "precious");

        Assert.Contains("not a socket", AdminSocket.Prepare(SocketPath), StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void Prepare_Directory_LeavesItAlone()
    {
        Directory.CreateDirectory(SocketPath);

        Assert.Contains("not a socket", AdminSocket.Prepare(SocketPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_Forbidden_SaysSo()
    {
        Assert.Null(AdminSocket.Prepare(SocketPath));
        using var socket = Bind();

        var problem = AdminSocket.Check(SocketPath, path => throw new UnauthorizedAccessException($"Access to {path} is denied."));

        Assert.Equal($"The socket {SocketPath} (unix_socket) cannot be looked at: Access to {SocketPath} is denied.", problem);
        Assert.Null(AdminSocket.Check(SocketPath));
    }

    private Socket Bind()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
        return socket;
    }
}
