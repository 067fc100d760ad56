using MeshControl.Admin.Grpc;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>Errors go to stderr in the asked format, and each class of them has its exit status.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(RpcStatusCode.InvalidArgument, 2)]
    [InlineData(RpcStatusCode.NotFound, 3)]
    [InlineData(RpcStatusCode.AlreadyExists, 4)]
    [InlineData(RpcStatusCode.FailedPrecondition, 5)]
    [InlineData(RpcStatusCode.PermissionDenied, 6)]
    [InlineData(RpcStatusCode.Unauthenticated, 6)]
    [InlineData(RpcStatusCode.Unavailable, 7)]
    [InlineData(RpcStatusCode.DeadlineExceeded, 8)]
    [InlineData(RpcStatusCode.ResourceExhausted, 9)]
    [InlineData(RpcStatusCode.Internal, 1)]
    [InlineData(RpcStatusCode.Unknown, 1)]
    [InlineData(RpcStatusCode.Unimplemented, 1)]
    public async Task Status_HasItsExitCode(RpcStatusCode code, int exitCode)
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = new RpcStatus(code, "It did not work.");

        var run = await CliRun.OfAsync(server, "users", "list");

        Assert.Equal((exitCode, "", "Error: It did not work.\n"), (run.ExitCode, run.Out, run.Error));
    }

    [Theory]
    [Trait("Acceptance", "TestCLIRootUtilsSocket")]
    [InlineData("text", "Error: No \"x\".\n")]
    [InlineData("json", "{\n\t\"error\": \"No \\\"x\\\".\"\n}\n")]
    [InlineData("json-line", "{\"error\":\"No \\\"x\\\".\"}\n")]
    [InlineData("yaml", "error: No \"x\".\n")]
    public async Task Error_IsPrintedInTheFormat(string format, string expected)
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = RpcStatus.NotFound("No \"x\".");

        var run = await CliRun.OfAsync(server, "users", "list", "-o", format);

        Assert.Equal(("", expected), (run.Out, run.Error));
    }

    [Fact]
    public async Task Usage_InAMachineFormat_HasNoHint()
    {
        var run = await new CliRun().StartAsync("users", "create", "-o", "json-line");

        Assert.Equal((2, """{"error":"Required argument missing for command: 'create'."}""" + "\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Usage_UnknownFormat_IsReportedAsText()
    {
        var run = await new CliRun().StartAsync("users", "list", "-o", "xml");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("Error: \"xml\" is not an output format; use json, json-line or yaml.\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("users", "bogus")]
    [InlineData("users", "list", "--bogus")]
    public async Task Usage_Unknown_IsNamed(params string[] args)
    {
        var run = await new CliRun().StartAsync(args);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("bogus", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argument_BeginningWithAt_IsNotAFile()
    {
        await using var server = await FakeServer.StartAsync();

        await CliRun.OfAsync(server, "nodes", "list", "-u", "@somebody");

        Assert.Equal("@somebody", server.Single<Admin.V1.ListNodesRequest>().Filter.User);
    }

    [Theory]
    [InlineData]
    [InlineData("users")]
    [InlineData("--help")]
    [InlineData("nodes", "list", "--help")]
    public async Task Help_GoesToStdout(params string[] args)
    {
        var run = await new CliRun().StartAsync(args);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("\nUsage:\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_HasTheStatusOfShells()
    {
        await using var server = await FakeServer.StartAsync();
        using var interrupted = new CancellationTokenSource();
        await interrupted.CancelAsync();

        var status = await Cli.Commands.Meshctl.RunAsync(["health", "--socket", server.Socket], new CliRun().Host, interrupted.Token);

        Assert.Equal(130, status);
    }
}
