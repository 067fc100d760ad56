using System.Net;
using System.Net.Sockets;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>Whatever keeps a server from starting is told in one sentence, and leaves nothing behind.</summary>
public sealed class StartupTests
{
    [Fact]
    public async Task Start_SocketOfARunningServer_SaysSo()
    {
        await using var first = new ServerBench();
        await first.StartAsync();
        await using var second = new ServerBench();
        second.Options = second.Options with { UnixSocket = first.Options.UnixSocket };

        Assert.Contains("Another server", await second.FailToStartAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/health")).Status);
    }

    [Fact]
    public async Task Start_DatabaseOfARunningServer_IsRefused()
    {
        await using var first = new ServerBench();
        await first.StartAsync();
        await using var second = new ServerBench();
        second.Options = second.Options with { Database = first.Options.Database };

        Assert.NotEmpty(await second.FailToStartAsync());
        Assert.False(Path.Exists(second.Options.UnixSocket.Path));
    }

    [Fact]
    public async Task Start_DatabaseFileIsGarbage_NamesIt()
    {
        await using var bench = new ServerBench();
        var path = bench.Options.Database.SqlitePath;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, new string('x', 5000), TestContext.Current.CancellationToken);

        Assert.Contains(path, await bench.FailToStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DatabaseLacksATable_NamesItAndTheCause()
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();
        await bench.StopAsync();
        var path = bench.Options.Database.SqlitePath;
        var database = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        // The name as it stands in the schema; another one of the same length is another table.
        Replace(database, "CREATE TABLE \"node_presence\""u8, "CREATE TABLE \"node_presents\""u8);
        await File.WriteAllBytesAsync(path, database, TestContext.Current.CancellationToken);

        var problem = await bench.FailToStartAsync();

        Assert.Contains(path, problem, StringComparison.Ordinal);
        Assert.Contains("node_presence", problem, StringComparison.Ordinal);

        static void Replace(byte[] content, ReadOnlySpan<byte> old, ReadOnlySpan<byte> with)
        {
            var at = content.AsSpan().IndexOf(old);
            Assert.True(at > 0);
            with.CopyTo(content.AsSpan(at));
        }
    }

    [Fact]
    public async Task Start_KeyFileIsGarbage_NamesIt()
    {
        await using var bench = new ServerBench();
        var path = bench.Options.Noise.PrivateKeyPath;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "garbage", TestContext.Current.CancellationToken);

        Assert.Contains(path, await bench.FailToStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AfterAFailureOfEachKind_Succeeds()
    {
        await using var bench = new ServerBench();
        var sound = bench.Options;
        using (ServerBench.Occupy(out var port))
        {
            bench.Options = sound with { ListenAddr = [new ListenAddress(IPAddress.Loopback, port)] };
            await bench.FailToStartAsync();
        }

        bench.Options = sound with { Tls = new TlsOptions { CertPath = bench.InDirectory("none"), KeyPath = bench.InDirectory("none") } };
        await bench.FailToStartAsync();
        Assert.False(Path.Exists(sound.UnixSocket.Path));

        bench.Options = sound;
        await bench.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await bench.GetAsync("/health")).Status);
    }

    [Fact]
    public async Task Start_AfterAStop_HasItsKeyAndItsPortAgain()
    {
        await using var bench = new ServerBench();
        await bench.StartAsync();
        var key = await bench.GetServerKeyAsync();
        var address = bench.Server!.Address;
        await bench.StopAsync();
        Assert.False(Path.Exists(bench.Options.UnixSocket.Path));

        bench.Options = bench.Options with { ListenAddr = [new ListenAddress(address.Address, address.Port)] };
        await bench.StartAsync();

        Assert.Equal(key, await bench.GetServerKeyAsync());
        Assert.Empty(bench.Log.Entries);
    }

    [Fact]
    public async Task Start_SocketFile_HasTheConfiguredMode()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var bench = new ServerBench();
        bench.Options = bench.Options with { UnixSocket = bench.Options.UnixSocket with { Permission = Mode } };

        await bench.StartAsync();

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(Mode, File.GetUnixFileMode(bench.Options.UnixSocket.Path));
    }

    [Fact]
    public async Task Start_Cancelled_ThrowsAndLeavesNothing()
    {
        await using var bench = new ServerBench();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => MeshServer.StartAsync(new MeshServerOptions(bench.Options), cancellation.Token));

        await bench.StartAsync();
    }

    // What other web servers take from there is the configuration's alone: a variable must not open a port.
    [Fact]
    public async Task Start_VariablesOfTheWebServer_MeanNothing()
    {
        const string Variable = "Kestrel__Endpoints__Extra__Url";
        using var probe = ServerBench.Occupy(out var port);
        probe.Dispose();
        Environment.SetEnvironmentVariable(Variable, $"http://127.0.0.1:{port}");
        try
        {
            await using var bench = new ServerBench();
            await bench.StartAsync();

            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var exception = await Assert.ThrowsAsync<SocketException>(
                async () => await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken));
            Assert.Equal(SocketError.ConnectionRefused, exception.SocketErrorCode);
            Assert.Empty(bench.Log.Entries);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    // A watch on the working directory of a service, which is often the root, would be one on every directory there is.
    [Fact]
    public async Task Start_WorkingDirectory_IsNotWatched()
    {
        var before = CountWatches();
        await using var bench = new ServerBench();

        await bench.StartAsync();

        Assert.Equal(before, CountWatches());
    }

    private static int CountWatches()
    {
        var count = 0;
        foreach (var file in Directory.GetFiles("/proc/self/fdinfo"))
        {
            try
            {
                count += File.ReadLines(file).Count(line => line.StartsWith("inotify", StringComparison.Ordinal));
            }
            catch (IOException)
            {
                // A descriptor of another test, closed just now.
            }
        }

        return count;
    }
}
