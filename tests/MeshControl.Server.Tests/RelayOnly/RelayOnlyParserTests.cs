using System.Net;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.RelayOnly;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.RelayOnly;

/// <summary>What the flags of <c>meshctl derp serve</c> mean, and what is said of those that mean nothing.</summary>
public sealed class RelayOnlyParserTests : IDisposable
{
    private const string MeshKey = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly RelayOnlyFlags Least = new() { HostName = "relay.example.com" };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-relay-");

    [Fact]
    public void Parse_OnlyAName_IsARelayOnTheUsualPorts()
    {
        var options = Parse(Least)!;

        Assert.Equal("relay.example.com", options.HostName);
        Assert.Equal([new ListenAddress(IPAddress.IPv6Any, 443)], options.ListenAddr);
        Assert.Equal([new ListenAddress(IPAddress.IPv6Any, 3478)], options.StunListenAddr);
        Assert.Equal((null, null, null, null), (options.HttpListenAddr, options.MetricsListenAddr, options.MeshKey, options.VerifyUrl));
        Assert.Equal("/home/relay/.local/share/meshcontrol-relay/relay_private.key", options.KeyPath);
        Assert.False(options.Tls.IsEnabled);
        Assert.Equal((900, LogLevel.Information, LogFormat.Text), (options.RegionId, options.Log.Level, options.Log.Format));
    }

    [Fact]
    public void Parse_AllFlags_AreTaken()
    {
        var options = Parse(new RelayOnlyFlags
        {
            Addresses = ["192.0.2.1:8443", "[2001:db8::1]:8443"],
            HostName = "Relay.Example.com",
            CertFile = "cert.pem",
            CertKeyFile = "cert.key",
            KeyFile = "relay.key",
            HttpAddress = ":80",
            MetricsAddress = "127.0.0.1:9090",
            MeshKeyFile = Write("mesh.key", MeshKey + "\n"),
            MeshWith = ["relay2.example.com, https://relay3.example.com:8443", "192.0.2.9"],
            VerifyUrl = "https://mesh.example.com/verify/s3cret",
            VerifyFailOpen = true,
            RegionId = "901",
            RegionCode = "fra",
            RegionName = "Frankfurt",
            NodeName = "fra1",
            MaxConnections = "100",
            BytesPerSecond = "1250000",
            BurstBytes = "131072",
            LogLevel = "debug",
            LogFormat = "json",
        })!;

        Assert.Equal("relay.example.com", options.HostName);
        Assert.Equal(Path.Combine(_directory.FullName, "cert.pem"), options.Tls.CertPath);
        Assert.Equal(Path.Combine(_directory.FullName, "relay.key"), options.KeyPath);
        Assert.Equal(
            [new ListenAddress(IPAddress.Parse("192.0.2.1"), 3478), new ListenAddress(IPAddress.Parse("2001:db8::1"), 3478)],
            options.StunListenAddr);
        Assert.Equal(MeshKey, options.MeshKey!.ExportSecretText());
        Assert.Equal(
            ["relay2.example.com", "relay3.example.com:8443", "192.0.2.9"], options.MeshWith.Select(relay => relay.Authority));
        Assert.Equal(("https://mesh.example.com/verify/s3cret", true), (options.VerifyUrl!.OriginalString, options.VerifyFailOpen));
        Assert.Equal((901, "fra", "Frankfurt", "fra1"), (options.RegionId, options.RegionCode, options.RegionName, options.NodeName));
        Assert.Equal((100, 1_250_000, 131_072), (options.MaxConnections, options.BytesPerSecond, options.BurstBytes));
        Assert.Equal((LogLevel.Debug, LogFormat.Json), (options.Log.Level, options.Log.Format));
    }

    [Theory]
    [InlineData("missing.key", "cannot be read: ")]
    [InlineData("short.key", "does not hold 64 hexadecimal digits")]
    [InlineData("zero.key", "does not hold 64 hexadecimal digits")]
    [InlineData("open.key", "is readable by everybody on this machine")]
    public void Parse_MeshKeyFile_MustHoldAKeyForTheRelayAlone(string file, string message)
    {
        Write("short.key", MeshKey[1..]);
        Write("zero.key", new string('0', 64));
        Write("open.key", MeshKey, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        var error = ErrorOf(Least with { MeshKeyFile = file });

        Assert.StartsWith($"--mesh-key-file: {Path.Combine(_directory.FullName, file)} {message}", error, StringComparison.Ordinal);
        Assert.DoesNotContain(MeshKey[..8], error, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WhatCannotBe_IsOneSentenceWithItsFlag()
    {
        (RelayOnlyFlags Flags, string Beginning)[] cases =
        [
            (new RelayOnlyFlags(), "Say by which name or address clients reach the relay: --hostname "),
            (Least with { HostName = "https://relay.example.com" }, "--hostname: \"https://relay.example.com\" is not the name of a host."),
            (Least with { Addresses = ["443"] }, "--addr: \"443\" is not an address with a port."),
            (Least with { StunAddresses = ["relay:3478"] }, "--stun-addr: \"relay\" is not an IP address."),
            (Least with { HttpAddress = "80" }, "--http-addr: "),
            (Least with { MetricsAddress = "x" }, "--metrics-addr: "),
            (Least with { CertFile = "cert.pem" }, "--certfile and --keyfile go together"),
            (Least with { CertKeyFile = "cert.key" }, "--certfile and --keyfile go together"),
            (Least with { MeshWith = ["relay2.example.com"] }, "--mesh-with needs the key "),
            (Least with { MeshKeyFile = Write("k", MeshKey), MeshWith = ["ftp://x"] }, "--mesh-with: \"ftp://x\" does not name a relay."),
            (Least with { VerifyUrl = "mesh.example.com/verify" }, "--verify-url: \"mesh.example.com/verify\" is not the URL of a control server."),
            (Least with { VerifyUrl = "https://user:word@mesh.example.com/verify" }, "--verify-url: "),
            (Least with { VerifyFailOpen = true }, "--verify-fail-open says what happens while --verify-url is away"),
            (Least with { Stun = false, StunAddresses = [":3478"] }, "--stun=false and --stun-addr contradict each other"),
            (Least with { RegionId = "65536" }, "--region-id: "),
            (Least with { MaxConnections = "0" }, "--max-connections: "),
            (Least with { BytesPerSecond = "-1" }, "--bytes-per-second: "),
            (Least with { BytesPerSecond = "1", BurstBytes = "65567" }, "--burst-bytes: "),
            (Least with { BurstBytes = "65568" }, "--burst-bytes has no effect without a rate"),
            (Least with { LogLevel = "loud" }, "--log-level: "),
            (Least with { LogFormat = "xml" }, "--log-format: "),
        ];

        Assert.All(cases, one => Assert.StartsWith(one.Beginning, ErrorOf(one.Flags), StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_SeveralFaults_AreToldAtOnce()
    {
        var parser = Parser();

        Assert.Null(parser.Parse(new RelayOnlyFlags { Addresses = ["443"], LogLevel = "loud" }));
        Assert.Equal(3, parser.Errors.Count);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }

        return path;
    }

    private RelayOnlyOptions? Parse(RelayOnlyFlags flags)
    {
        var parser = Parser();
        var options = parser.Parse(flags);
        Assert.Equal([], parser.Errors);
        return options;
    }

    private string ErrorOf(RelayOnlyFlags flags)
    {
        var parser = Parser();
        Assert.Null(parser.Parse(flags));
        return Assert.Single(parser.Errors);
    }

    private RelayOnlyParser Parser() => new(new ConfigurationSource
    {
        Environment = new Dictionary<string, string>(),
        IsRoot = false,
        HomeDirectory = "/home/relay",
        WorkingDirectory = _directory.FullName,
    });
}
