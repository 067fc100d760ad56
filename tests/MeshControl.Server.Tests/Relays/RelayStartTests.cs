using System.Net;
using System.Net.Sockets;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Tests.Hosting;

namespace MeshControl.Server.Tests.Relays;

/// <summary>What the server's own relay needs to start, and what is said when it does not.</summary>
public sealed class RelayStartTests
{
    [Fact]
    public async Task Start_First_MakesKeyAndCertificateBesideTheServersKey()
    {
        await using var bench = new ServerBench();

        await bench.StartAsync();

        var directory = Path.GetDirectoryName(bench.Options.Noise.PrivateKeyPath)!;
        Assert.True(File.Exists(Path.Combine(directory, DerpServerOptions.KeyFileName)));
        Assert.True(File.Exists(Path.Combine(directory, "derp_server_certificate.pem")));
        Assert.NotEqual(
            await File.ReadAllTextAsync(bench.Options.Noise.PrivateKeyPath, TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(bench.Options.Derp.Server.PrivateKeyPath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_TurnedOff_MakesAndOpensNothing()
    {
        await using var bench = new ServerBench();
        Edit(bench, relay => relay with { Enabled = false });

        await bench.StartAsync();

        Assert.False(File.Exists(bench.Options.Derp.Server.PrivateKeyPath));
        Assert.Empty(bench.Server!.StunAddresses);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.GetAsync("/derp")).Status);
    }

    [Fact]
    public async Task Start_KeyOfTheServer_IsOneSentence()
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();
        await bench.StopAsync();
        File.Copy(bench.Options.Noise.PrivateKeyPath, bench.Options.Derp.Server.PrivateKeyPath, overwrite: true);

        var problem = await bench.FailToStartAsync();

        Assert.StartsWith($"{bench.Options.Derp.Server.PrivateKeyPath} (derp.server.private_key_path) holds the server's key", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoKey_IsOneSentence()
    {
        await using var bench = new ServerBench();
        Directory.CreateDirectory(Path.GetDirectoryName(bench.Options.Derp.Server.PrivateKeyPath)!);
        await File.WriteAllTextAsync(bench.Options.Derp.Server.PrivateKeyPath, "nonsense", TestContext.Current.CancellationToken);

        Assert.Contains("does not hold the relay's private key", await bench.FailToStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortOfStunInUse_IsOneSentenceWithAWayOut()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        await using var bench = new ServerBench();
        Edit(bench, relay => relay with { StunListenAddr = [new ListenAddress(IPAddress.Loopback, port)] });

        var problem = await bench.FailToStartAsync();

        Assert.StartsWith($"STUN cannot listen at 127.0.0.1:{port} (UDP)", problem, StringComparison.Ordinal);
        Assert.Contains("derp.server.stun_listen_addr", problem, StringComparison.Ordinal);
        Assert.Contains("Choose another address", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortForCaptivePortalsInUse_IsOneSentence()
    {
        using var other = ServerBench.Occupy(out var port);
        await using var bench = new ServerBench();
        Edit(bench, relay => relay with { HttpListenAddr = new ListenAddress(IPAddress.Loopback, port) });

        Assert.StartsWith(
            $"Cannot listen on 127.0.0.1:{port} (derp.server.http_listen_addr)", await bench.FailToStartAsync(), StringComparison.Ordinal);
    }

    private static void Edit(ServerBench bench, Func<DerpServerOptions, DerpServerOptions> edit) =>
        bench.Options = bench.Options with { Derp = bench.Options.Derp with { Server = edit(bench.Options.Derp.Server) } };
}
