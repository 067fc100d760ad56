using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary><c>meshctl derp serve</c> as far as its command line.</summary>
public sealed class DerpServeTests
{
    [Fact]
    public async Task Run_WithoutAName_SaysWhatIsMissing()
    {
        var run = await new CliRun().StartAsync("derp", "serve");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Equal("Error: Say by which name or address clients reach the relay: --hostname relay.example.com.\n", run.Error);
    }

    [Fact]
    public async Task Run_FlagsOfDerper_MeanTheSame()
    {
        var run = await new CliRun().StartAsync(
            "derp", "serve", "-a", "443", "--hostname", "relay.example.com", "--stun=false", "--mesh-psk-file", "/no/such/file",
            "--mesh-with", "relay2.example.com,https://", "--verify-client-url", "mesh", "--verify-client-url-fail-open");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Equal(
            ["--addr", "--mesh-key-file", "--mesh-with", "--verify-url"],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':')[1].Trim()).Order());
    }

    [Fact]
    public async Task Run_NumberThatIsNone_IsOneSentence()
    {
        var run = await new CliRun().StartAsync("derp", "serve", "--hostname", "relay.example.com", "--max-connections", "many");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("Error: --max-connections: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Help_NamesWhatDiffersFromDerper()
    {
        var run = await new CliRun().StartAsync("derp", "serve", "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--verify-fail-open", run.Out, StringComparison.Ordinal);
    }
}
