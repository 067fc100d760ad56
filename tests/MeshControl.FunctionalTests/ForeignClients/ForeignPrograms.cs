using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeshControl.FunctionalTests.ForeignClients;

/// <summary>The gRPC clients of others, which this machine has or which are fetched once.</summary>
internal static class ForeignPrograms
{
    /// <summary>Debian's own interpreter: the packages of another one are not Debian's.</summary>
    private const string Python = "/usr/bin/python3";

    /// <summary>Also for the first run, which fetches packages.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly SemaphoreSlim Installing = new(1, 1);

    private static readonly string Root = FindRoot();

    private static string Protos => Path.Combine(Root, "src", "MeshControl.Admin", "Protos");

    /// <summary>Below <c>artifacts</c>, so that a second run finds it.</summary>
    private static string NodeDirectory => Path.Combine(Root, "artifacts", "foreign-clients", "node");

    /// <summary>Runs the client for <c>@grpc/grpc-js</c>.</summary>
    public static async Task<JsonNode> RunNodeAsync(JsonObject arguments)
    {
        Assert.SkipUnless(await ExistsAsync("npm", "--version"), "nodejs and npm are not installed (deploy/install-packages.sh test).");
        await InstallNodePackagesAsync();
        arguments["protos"] = Protos;
        arguments["modules"] = NodeDirectory;
        return Parse(await RunAsync("node", Source("Node/client.js"), arguments.ToJsonString()));
    }

    /// <summary>Runs the client for <c>grpcio</c>.</summary>
    public static async Task<JsonNode> RunPythonAsync(JsonObject arguments)
    {
        Assert.SkipUnless(
            await ExistsAsync(Python, "-c", "import grpc, google.protobuf"),
            "python3-grpcio and python3-protobuf are not installed (deploy/install-packages.sh test).");
        return Parse(await RunAsync(Python, Source("Python/client.py"), arguments.ToJsonString()));
    }

    private static JsonNode Parse(string output) =>
        JsonNode.Parse(output) ?? throw new JsonException("The client has printed nothing.");

    private static string Source(string file) => Path.Combine(AppContext.BaseDirectory, "ForeignClients", file);

    /// <summary>Exactly what the lock file names; nothing when that is there already.</summary>
    private static async Task InstallNodePackagesAsync()
    {
        await Installing.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            // npm copies the lock file into the directory when it is done.
            var wanted = await File.ReadAllTextAsync(Source("Node/package-lock.json"), TestContext.Current.CancellationToken);
            var done = Path.Combine(NodeDirectory, "installed.json");
            if (File.Exists(done) && await File.ReadAllTextAsync(done, TestContext.Current.CancellationToken) == wanted)
            {
                return;
            }

            Directory.CreateDirectory(NodeDirectory);
            File.Copy(Source("Node/package.json"), Path.Combine(NodeDirectory, "package.json"), overwrite: true);
            File.Copy(Source("Node/package-lock.json"), Path.Combine(NodeDirectory, "package-lock.json"), overwrite: true);
            await RunAsync("npm", "ci", "--prefix", NodeDirectory, "--ignore-scripts", "--no-audit", "--no-fund", "--silent");
            await File.WriteAllTextAsync(done, wanted, TestContext.Current.CancellationToken);
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<bool> ExistsAsync(string program, params string[] arguments)
    {
        try
        {
            await RunAsync(program, arguments);
            return true;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    /// <returns>What the program wrote to its standard output.</returns>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"{program} ended with status {process.ExitCode}: {await error}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "MeshControl.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }
}
