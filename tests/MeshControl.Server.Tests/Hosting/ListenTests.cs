using System.Net;
using System.Net.Sockets;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Hosting;

public sealed class ListenTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("listen");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Start_AddressOfAnotherMachine_IsOneSentence()
    {
        var problem = await StartAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0));

        Assert.StartsWith("Cannot listen on 192.0.2.1:0 (listen_addr)", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortInUse_IsOneSentence()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();

        var problem = await StartAsync((IPEndPoint)other.LocalEndpoint);

        Assert.StartsWith($"Cannot listen on {other.LocalEndpoint} (listen_addr)", problem, StringComparison.Ordinal);
    }

    private async Task<string> StartAsync(IPEndPoint address)
    {
        var paths = new DefaultPaths(
            Path.Combine(_directory.FullName, "config.yaml"), _directory.FullName, Path.Combine(_directory.FullName, "s"));
        var options = ServerOptions.CreateDefault(paths);
        options = options with
        {
            ListenAddr = [new ListenAddress(address.Address, address.Port)],
            Derp = options.Derp with { Server = options.Derp.Server with { Enabled = false } },
        };
        var exception = await Assert.ThrowsAsync<StartupException>(() => MeshServer.StartAsync(
            new MeshServerOptions(options) { Logging = _ => { } }, TestContext.Current.CancellationToken));
        return exception.Message;
    }
}
