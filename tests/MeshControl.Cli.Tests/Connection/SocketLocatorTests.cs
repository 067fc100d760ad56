using MeshControl.Cli.Connection;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Connection;

public sealed class SocketLocatorTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("home");

    public void Dispose() => _home.Delete(recursive: true);

    [Fact]
    public void Find_Flag_BeatsEverything()
    {
        var run = Run();
        run.Variables["MESHCONTROL_UNIX_SOCKET"] = "/variable";
        run.Variables["MESHCONTROL_CONFIG"] = Write("c.yaml", "unix_socket: /config");

        Assert.Equal("/flag", Find(run, "/flag"));
    }

    [Fact]
    public void Find_Variable_BeatsTheConfiguration()
    {
        var run = Run();
        run.Variables["MESHCONTROL_UNIX_SOCKET"] = "/variable";

        Assert.Equal("/variable", Find(run, null, Write("c.yaml", "unix_socket: /config")));
    }

    [Fact]
    public void Find_ConfigFlag_BeatsTheVariable()
    {
        var run = Run();
        run.Variables["MESHCONTROL_CONFIG"] = Write("a.yaml", "unix_socket: /a");

        Assert.Equal("/b", Find(run, null, Write("b.yaml", "unix_socket: /b")));
        Assert.Equal("/a", Find(run));
    }

    [Fact]
    public void Find_OwnConfiguration_IsRead()
    {
        Write(".config/meshcontrol/config.yaml", "unix_socket: /own");

        Assert.Equal("/own", Find(Run()));
    }

    [Fact]
    public void Find_NoConfiguration_IsTheDefault()
    {
        Assert.Equal($"{_home}/.local/state/meshcontrol/meshcontrol.sock", Find(Run()));
    }

    [Fact]
    public void Find_RuntimeDirectory_IsPreferred()
    {
        var run = Run();
        run.Variables["XDG_RUNTIME_DIR"] = "/run/user/1000";

        Assert.Equal("/run/user/1000/meshcontrol/meshcontrol.sock", Find(run));
    }

    [Fact]
    public void Find_Root_IsTheSystemsSocket()
    {
        var run = new CliRun { Privileged = true };

        Assert.Equal("/var/run/meshcontrol/meshcontrol.sock", Find(run));
    }

    [Theory]
    [InlineData("unix_socket: run/s", "run/s")]
    [InlineData("unix_socket: \"~/s\"", "s")]
    [InlineData("{\"unix_socket\": \"s\"}", "s")]
    [InlineData("dns:\n  unix_socket: wrong\n  list: [1, {a: b}]\nunix_socket: s\nlater: x", "s")]
    [InlineData("? {a: b}\n: c\nunix_socket: s", "s")]
    public void Find_InTheConfiguration_StartsAtItsDirectory(string yaml, string expected) =>
        Assert.Equal(Path.Combine(_home.FullName, expected), Find(Run(), null, Write("c.yaml", yaml)));

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    [InlineData("server_url: x")]
    [InlineData("unix_socket:")]
    [InlineData("unix_socket: null")]
    [InlineData("- a\n- b")]
    public void Find_NotInTheConfiguration_IsTheDefault(string yaml) =>
        Assert.EndsWith(".local/state/meshcontrol/meshcontrol.sock", Find(Run(), null, Write("c.yaml", yaml)), StringComparison.Ordinal);

    [Fact]
    public void Find_NamedConfigurationMissing_IsAnError()
    {
        var error = SocketLocator.Find(Run().Host, null, "missing.yaml", out _);

        Assert.Equal(2, error!.ExitCode);
        Assert.Equal($"The configuration file {_home}/missing.yaml does not exist.", error.Message);
    }

    [Fact]
    public void Find_BrokenConfiguration_NamesTheLine()
    {
        var error = SocketLocator.Find(Run().Host, null, Write("c.yaml", "a: b\nc: [d"), out _);

        Assert.Equal(2, error!.ExitCode);
        Assert.Contains("c.yaml line ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(107, true)]
    [InlineData(108, false)]
    public void Find_LongPath_IsCheckedAgainstTheSystemsLimit(int length, bool fits)
    {
        var error = SocketLocator.Find(Run().Host, "/" + new string('s', length - 1), null, out _);

        Assert.Equal(fits, error is null);
    }

    private CliRun Run()
    {
        var run = new CliRun { WorkingDirectory = _home.FullName };
        run.Variables["HOME"] = _home.FullName;
        return run;
    }

    private static string Find(CliRun run, string? socket = null, string? config = null)
    {
        var error = SocketLocator.Find(run.Host, socket, config, out var path);
        Assert.Null(error);
        return path;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_home.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
