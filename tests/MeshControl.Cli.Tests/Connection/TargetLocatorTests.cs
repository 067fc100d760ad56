using MeshControl.Cli.Connection;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Connection;

public sealed class TargetLocatorTests : IDisposable
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
        var error = TargetLocator.Find(Run().Host, new ConnectionFlags { Config = "missing.yaml" }, out _);

        Assert.Equal(2, error!.ExitCode);
        Assert.Equal($"The configuration file {_home}/missing.yaml does not exist.", error.Message);
    }

    [Fact]
    public void Find_BrokenConfiguration_NamesTheLine()
    {
        var error = TargetLocator.Find(Run().Host, new ConnectionFlags { Config = Write("c.yaml", "a: b\nc: [d") }, out _);

        Assert.Equal(2, error!.ExitCode);
        Assert.Contains("c.yaml line ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(107, true)]
    [InlineData(108, false)]
    public void Find_LongPath_IsCheckedAgainstTheSystemsLimit(int length, bool fits)
    {
        var error = TargetLocator.Find(Run().Host, new ConnectionFlags { Socket = "/" + new string('s', length - 1) }, out _);

        Assert.Equal(fits, error is null);
    }

    [Fact]
    public void Find_Address_FlagBeatsVariableBeatsFile()
    {
        var run = Run();
        var config = Write("c.yaml", "cli: {address: file.example, api_key: k, timeout: 7s}");

        Assert.Equal("https://file.example:50443/", FindRemote(run, new ConnectionFlags { Config = config }).Address.AbsoluteUri);
        run.Variables["MESHCONTROL_CLI_ADDRESS"] = "variable.example:1";
        Assert.Equal("https://variable.example:1/", FindRemote(run, new ConnectionFlags { Config = config }).Address.AbsoluteUri);
        var flags = new ConnectionFlags { Config = config, Address = "http://flag.example:2" };
        Assert.Equal("http://flag.example:2/", FindRemote(run, flags).Address.AbsoluteUri);
        Assert.Equal("Bearer k", FindRemote(run, flags).Options.Metadata!.GetText("authorization"));
        Assert.Equal(TimeSpan.FromSeconds(7), FindRemote(run, flags).Options.Timeout);
    }

    [Fact]
    public void Find_SocketNamedMoreStronglyThanTheAddress_IsTaken()
    {
        var run = Run();
        var config = Write("c.yaml", "cli: {address: file.example, api_key: k}\nunix_socket: /file");
        run.Variables["MESHCONTROL_UNIX_SOCKET"] = "/variable";

        Assert.Equal("/variable", Find(run, null, config));
        run.Variables["MESHCONTROL_CLI_ADDRESS"] = "variable.example";
        Assert.Equal("/flag", Find(run, "/flag", config));
        Assert.Equal(
            2, TargetLocator.Find(run.Host, new ConnectionFlags { Socket = "/flag", Address = "flag.example" }, out _)!.ExitCode);
    }

    [Fact]
    public void Find_Key_FlagBeatsVariableBeatsFile()
    {
        var run = Run();
        var flags = new ConnectionFlags { Address = "a.example", Config = Write("c.yaml", "cli: {api_key_path: key.txt}") };
        Write("key.txt", "from-file\n");
        Write("other.txt", "from-flag-file");

        Assert.Equal("Bearer from-file", Key(flags));
        run.Variables["MESHCONTROL_CLI_API_KEY"] = "from-variable";
        Assert.Equal("Bearer from-variable", Key(flags));
        Assert.Equal("Bearer from-flag", Key(flags with { ApiKey = "from-flag" }));
        Assert.Equal("Bearer from-flag-file", Key(flags with { ApiKeyFile = "other.txt" }));

        string? Key(ConnectionFlags how) => FindRemote(run, how).Options.Metadata!.GetText("authorization");
    }

    [Theory]
    [InlineData("An API key is needed for https://a.example:50443: set MESHCONTROL_CLI_API_KEY", "")]
    [InlineData("MESHCONTROL_CLI_API_KEY and MESHCONTROL_CLI_API_KEY_PATH are both set", "API_KEY=a API_KEY_PATH=b")]
    [InlineData("There is no file {home}/missing with the API key", "API_KEY_PATH=missing")]
    [InlineData("The API key is empty or holds characters that no key has", "API_KEY=schl\u00fcssel")]
    [InlineData("\"soon\" (MESHCONTROL_CLI_TIMEOUT, cli.timeout) is not a time to wait", "API_KEY=a TIMEOUT=soon")]
    [InlineData("\"0\" (MESHCONTROL_CLI_TIMEOUT, cli.timeout) is not a time to wait", "API_KEY=a TIMEOUT=0")]
    [InlineData("MESHCONTROL_CLI_INSECURE (cli.insecure) is neither true nor false", "API_KEY=a INSECURE=maybe")]
    [InlineData("There is no file {home}/missing with the authority", "API_KEY=a CA_FILE=missing")]
    [InlineData("The file empty (--ca-file) holds no certificate", "API_KEY=a CA_FILE=empty")]
    [InlineData("\"ftp://a.example\" is not the address of a server", "ADDRESS=ftp://a.example")]
    public void Find_BadVariable_IsAUsageError(string expected, string variables)
    {
        var run = Run();
        Write("empty", "");
        run.Variables["MESHCONTROL_CLI_ADDRESS"] = "a.example";
        foreach (var assignment in variables.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            run.Variables["MESHCONTROL_CLI_" + assignment.Split('=')[0]] = assignment.Split('=')[1];
        }

        var error = TargetLocator.Find(run.Host, new ConnectionFlags(), out _);

        Assert.Equal(2, error!.ExitCode);
        Assert.StartsWith(expected.Replace("{home}", _home.FullName, StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_KeyWithoutAnAddress_IsAUsageError()
    {
        var run = Run();
        ConnectionFlags[] flags =
        [
            new() { ApiKey = "k" },
            new() { ApiKeyFile = Write("key.txt", "k") },
            new() { ApiKey = "k", Socket = "/s" },
        ];

        Assert.All(flags, Refused);

        // From a variable it is for whatever other server is named from time to time.
        run.Variables["MESHCONTROL_CLI_API_KEY"] = "k";
        Assert.Equal("/s", Find(run, "/s"));

        void Refused(ConnectionFlags how)
        {
            var error = TargetLocator.Find(run.Host, how, out var target);
            Assert.Equal((2, null), (error!.ExitCode, target));
            Assert.StartsWith("--api-key and --api-key-file are for a server with an address", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("mesh.example.com", "https://mesh.example.com:50443/")]
    [InlineData("mesh.example.com:443", "https://mesh.example.com/")]
    [InlineData("mesh.example.com:8443", "https://mesh.example.com:8443/")]
    [InlineData("192.0.2.1", "https://192.0.2.1:50443/")]
    [InlineData("[2001:db8::1]", "https://[2001:db8::1]:50443/")]
    [InlineData("[2001:db8::1]:99", "https://[2001:db8::1]:99/")]
    [InlineData("https://mesh.example.com", "https://mesh.example.com/")]
    [InlineData("https://mesh.example.com:50443/", "https://mesh.example.com:50443/")]
    [InlineData("http://127.0.0.1:50443", "http://127.0.0.1:50443/")]
    [InlineData("", null)]
    [InlineData("mesh example", null)]
    [InlineData("mesh.example.com/path", null)]
    [InlineData("https://me@mesh.example.com", null)]
    [InlineData("unix:///s", null)]
    [InlineData("mesh.example.com:99999", null)]
    public void TryParse_Address_IsAUrl(string text, string? expected)
    {
        Assert.Equal(expected is not null, ServerAddress.TryParse(text, out var address));
        Assert.Equal(expected, address?.AbsoluteUri);
    }

    private static RemoteTarget FindRemote(CliRun run, ConnectionFlags flags)
    {
        var error = TargetLocator.Find(run.Host, flags, out var target);
        Assert.Null(error);
        return Assert.IsType<RemoteTarget>(target);
    }

    private CliRun Run()
    {
        var run = new CliRun { WorkingDirectory = _home.FullName };
        run.Variables["HOME"] = _home.FullName;
        return run;
    }

    private static string Find(CliRun run, string? socket = null, string? config = null)
    {
        var error = TargetLocator.Find(run.Host, new ConnectionFlags { Socket = socket, Config = config }, out var target);
        Assert.Null(error);
        return Assert.IsType<SocketTarget>(target).Path;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_home.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
