using MeshControl.Core.Policies;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Tests.Policies;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>Which policy a server starts with, and when it does not start.</summary>
public sealed class PolicyStartTests : IAsyncDisposable
{
    private const string OfADomain = """{"grants": [{"src": ["user:*@example.org"], "dst": ["*"], "ip": ["*"]}]}""";

    private readonly ServerBench _bench = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FilePath => _bench.InDirectory("acl.hujson");

    private PolicyService Policies => _bench.Server!.ControlPlane.Default.Policies;

    [Fact]
    public async Task Start_FileMode_TakesTheFileAndKeepsIt()
    {
        await StartWithFileAsync(FollowedFile.Closed);

        Assert.Equal((1L, FilePath), (Policies.Current!.Version, Policies.Current.AcceptedBy));
        Assert.Empty(_bench.Log.Entries);

        await _bench.StopAsync();
        UseDatabase();
        await _bench.StartAsync();
        Assert.Equal((1L, FollowedFile.Closed), (Policies.Current!.Version, Policies.Current.Text));
        Assert.Equal(2, (await Policies.SetAsync(FollowedFile.Open, "anna", Token)).Value.Version);
    }

    [Fact]
    public async Task Start_WrongFileAndNoPolicyBefore_IsRefusedWithLineAndColumn()
    {
        UseFile();
        await File.WriteAllTextAsync(FilePath, FollowedFile.Wrong, Token);

        var problem = await _bench.FailToStartAsync();

        Assert.Contains(FilePath, problem, StringComparison.Ordinal);
        Assert.Contains("line 2, column ", problem, StringComparison.Ordinal);
        Assert.Contains("nobody", problem, StringComparison.Ordinal);

        // And nothing is left behind that would keep the next start from succeeding.
        await StartWithFileAsync(FollowedFile.Closed);
    }

    [Fact]
    public async Task Start_WrongFileAfterAGoodOne_GoesOnWithThatAndFollowsTheFile()
    {
        await StartWithFileAsync(FollowedFile.Closed);
        await _bench.StopAsync();

        await StartWithFileAsync(FollowedFile.Wrong);

        Assert.Equal(FollowedFile.Closed, Policies.Current!.Text);
        var (level, text, _) = Assert.Single(_bench.Log.Entries);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("line 2, column ", text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(FilePath, FollowedFile.Open, Token);
        await ReloadAsync();
        Assert.Equal(FollowedFile.Open, Policies.Current!.Text);
    }

    [Fact]
    public async Task Start_FileWhoseTestsFail_IsAWarning()
    {
        await StartWithFileAsync(FollowedFile.Untrue);

        Assert.Equal(FollowedFile.Untrue, Policies.Current!.Text);
        Assert.Contains("two:22", Assert.Single(_bench.Log.Entries).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FileModeWithoutAFile_IsNoPolicyAndNeverTheEndOfOne()
    {
        _bench.Options = _bench.Options with { Policy = new PolicyOptions { Mode = PolicyMode.File } };
        await _bench.StartAsync();
        Assert.Null(Policies.Current);
        await _bench.StopAsync();
        UseDatabase();
        await _bench.StartAsync();
        await Policies.SetAsync(FollowedFile.Closed, "anna", Token);
        await _bench.StopAsync();

        _bench.Options = _bench.Options with { Policy = new PolicyOptions { Mode = PolicyMode.File } };

        Assert.Contains("policy.path", await _bench.FailToStartAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StoredPolicyCannotBeReadAnyMore_IsRefusedAndAFileIsTheWayOut()
    {
        await _bench.StartAsync();
        Assert.Null((await Policies.SetAsync(OfADomain, "anna", Token)).Error);
        await _bench.StopAsync();
        _bench.Options = _bench.Options with { Policy = new PolicyOptions { Domains = ["example.com"] } };

        var problem = await _bench.FailToStartAsync();

        Assert.Contains(_bench.Options.Database.SqlitePath, problem, StringComparison.Ordinal);
        Assert.Contains("version 1", problem, StringComparison.Ordinal);
        Assert.Contains("example.org", problem, StringComparison.Ordinal);
        Assert.Contains("policy check", problem, StringComparison.Ordinal);

        _bench.Options = _bench.Options with
        {
            Policy = new PolicyOptions { Mode = PolicyMode.File, Path = FilePath, Domains = ["example.com"] },
        };
        await File.WriteAllTextAsync(FilePath, FollowedFile.Closed, Token);
        await _bench.StartAsync();
        await _bench.StopAsync();
        UseDatabase();
        await _bench.StartAsync();
        Assert.Equal((2L, FollowedFile.Closed), (Policies.Current!.Version, Policies.Current.Text));
    }

    [Fact]
    public async Task Reload_FileThatIsWrong_IsToldAndThePolicyStays()
    {
        await StartWithFileAsync(FollowedFile.Closed);
        await File.WriteAllTextAsync(FilePath, FollowedFile.Untrue, Token);

        await ReloadAsync();

        Assert.Contains("test(s) failed", Assert.Single(_bench.Log.Entries).Text, StringComparison.Ordinal);
        Assert.Equal(1, Policies.Current!.Version);
    }

    [Fact]
    public async Task Reload_InDatabaseMode_LeavesThePolicyAlone()
    {
        await _bench.StartAsync();
        await Policies.SetAsync(FollowedFile.Closed, "anna", Token);
        var before = _bench.Server!.ControlPlane.Default.Snapshot;

        await ReloadAsync();

        Assert.Same(before, _bench.Server.ControlPlane.Default.Snapshot);
    }

    [Fact]
    public async Task Reload_OtherModeInTheConfiguration_NeedsARestart()
    {
        await StartWithFileAsync(FollowedFile.Closed);
        UseDatabase();

        await ReloadAsync();

        Assert.Contains("policy.mode, policy.path", Assert.Single(_bench.Log.Entries).Text, StringComparison.Ordinal);
        Assert.NotNull((await Policies.SetAsync("{}", "anna", Token)).Error);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private void UseFile() =>
        _bench.Options = _bench.Options with { Policy = new PolicyOptions { Mode = PolicyMode.File, Path = FilePath } };

    private void UseDatabase() => _bench.Options = _bench.Options with { Policy = new PolicyOptions() };

    private async Task StartWithFileAsync(string text)
    {
        UseFile();
        await File.WriteAllTextAsync(FilePath, text, Token);
        await _bench.StartAsync();
    }

    private Task<bool> ReloadAsync() =>
        _bench.Server!.ReloadAsync(new ConfigurationResult { Options = _bench.Options, Readable = _bench.Options, Errors = [] }, Token);
}
