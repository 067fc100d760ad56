using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Cli.Tests.Support;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Cli.Tests.Connection;

/// <summary>The program and the server over TLS: who gets in, and what is said to those who do not.</summary>
public sealed class RemoteTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-remote-");

    private string CaFile => Path.Combine(_directory.FullName, "cert.pem");

    [Fact]
    [Trait("Acceptance", "TestRemoteCLIAuthenticationBypass/no_key")]
    public async Task Run_WithoutKey_SaysAtOnceWhatToSet()
    {
        await using var server = await StartAsync();

        var run = await Cli(server).StartAsync("users", "list");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains("MESHCONTROL_CLI_API_KEY", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "TestRemoteCLIAuthenticationBypass/bad_key")]
    public async Task Run_WithBadKey_IsRefusedAndToldNothing()
    {
        await using var server = await StartAsync();

        var run = await Cli(server, "mckey-api-0123456789ab-" + new string('0', 64)).StartAsync("users", "list");

        Assert.Equal(
            (6, "", $"Error: Unauthorized: https://{server.RemoteAddress} has refused the API key; it is wrong or has expired, and "
                + "`meshctl apikeys create` on the server makes another one.\n"),
            (run.ExitCode, run.Out, run.Error));
    }

    [Fact]
    [Trait("Acceptance", "TestRemoteCLIAuthenticationBypass/good_key")]
    public async Task Run_WithGoodKey_Works()
    {
        await using var server = await StartAsync();

        var run = await Cli(server, await server.CreateApiKeyAsync()).StartAsync("users", "list");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        AssertTwoUsers(run);
    }

    [Theory]
    [Trait("Acceptance", "TestCLIWithConfigAuthenticationBypass")]
    [InlineData(null, 2)]
    [InlineData("mckey-api-0123456789ab-0000000000000000000000000000000000000000000000000000000000000000", 6)]
    [InlineData("good", 0)]
    public async Task Run_AsTheConfigurationSays_IsTheSame(string? key, int exitCode)
    {
        await using var server = await StartAsync();
        if (key == "good")
        {
            key = await server.CreateApiKeyAsync();
        }

        var config = Path.Combine(_directory.FullName, "config.yaml");
        await File.WriteAllTextAsync(
            config,
            $"cli:\n  address: {server.RemoteAddress}\n  ca_file: cert.pem\n  timeout: 20s\n" + (key is null ? "" : $"  api_key: {key}\n"),
            TestContext.Current.CancellationToken);

        var run = await new CliRun().StartAsync("users", "list", "--config", config);

        Assert.Equal(exitCode, run.ExitCode);
        if (exitCode == 0)
        {
            AssertTwoUsers(run);
        }
        else
        {
            Assert.Equal("", run.Out);
            Assert.DoesNotContain("anna", run.Error, StringComparison.Ordinal);
            Assert.Contains(exitCode == 2 ? "MESHCONTROL_CLI_API_KEY" : "Unauthorized", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_Flags_NeedNothingElse()
    {
        await using var server = await StartAsync();
        var keyFile = Path.Combine(_directory.FullName, "key");
        await File.WriteAllTextAsync(keyFile, await server.CreateApiKeyAsync() + "\n", TestContext.Current.CancellationToken);
        string[] where = ["--address", $"{server.RemoteAddress}", "--api-key-file", keyFile];

        AssertTwoUsers(await new CliRun().StartAsync(["users", "list", .. where, "--ca-file", CaFile]));
        AssertTwoUsers(await new CliRun().StartAsync(["users", "list", .. where, "--insecure"]));
    }

    [Fact]
    public async Task Run_UntrustedCertificate_SaysWhatToDo()
    {
        await using var server = await StartAsync();
        var cli = Cli(server, "some-key");
        cli.Variables.Remove("MESHCONTROL_CLI_CA_FILE");

        var run = await cli.StartAsync("users", "list");

        Assert.Equal(6, run.ExitCode);
        Assert.StartsWith(
            $"Error: The certificate of https://{server.RemoteAddress} is not to be trusted: no authority that is trusted here has signed it;",
            run.Error,
            StringComparison.Ordinal);
        Assert.Contains("--ca-file", run.Error, StringComparison.Ordinal);
        Assert.Contains("--insecure", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CertificateOfAnotherName_SaysSo()
    {
        await using var server = await StartAsync();
        var cli = Cli(server, "some-key");
        cli.Variables["MESHCONTROL_CLI_ADDRESS"] = $"localhost:{server.RemoteAddress.Port}";

        var run = await cli.StartAsync("users", "list");

        Assert.Equal(6, run.ExitCode);
        Assert.Contains("is not to be trusted: it is for another name;", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NobodyListens_SaysWhere()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var run = await new CliRun().StartAsync("users", "list", "--address", $"{closed.LocalEndPoint}", "--api-key", "k");

        Assert.Equal(
            (7, $"Error: Nobody listens on {closed.LocalEndPoint}; is the server running, with grpc_listen_addr set?\n"),
            (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Run_TlsToAPlainPortAndTheOtherWayRound_SaysSo()
    {
        await using var plain = await RealServer.StartAsync(options => options with { Grpc = Listening });
        await using var tls = await StartAsync();
        var key = await plain.CreateApiKeyAsync();

        var wrong = await new CliRun().StartAsync("users", "list", "--address", $"{plain.RemoteAddress}", "--api-key", key);
        var right = await new CliRun().StartAsync("users", "list", "--address", $"http://{plain.RemoteAddress}", "--api-key", key);
        var inverse = await new CliRun().StartAsync("users", "list", "--address", $"http://{tls.RemoteAddress}", "--api-key", key);

        Assert.Equal(0, right.ExitCode);
        Assert.Equal(7, wrong.ExitCode);
        Assert.Contains($"write http://{plain.RemoteAddress}", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(7, inverse.ExitCode);
        Assert.Contains("check scheme and port", inverse.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static GrpcOptions Listening => new() { ListenAddr = new ListenAddress(IPAddress.Loopback, 0) };

    private static void AssertTwoUsers(CliRun run)
    {
        Assert.Contains("anna", run.Out, StringComparison.Ordinal);
        Assert.Contains("berta", run.Out, StringComparison.Ordinal);
    }

    private CliRun Cli(RealServer server, string? key = null)
    {
        var run = new CliRun();
        run.Variables["MESHCONTROL_CLI_ADDRESS"] = $"{server.RemoteAddress}";
        run.Variables["MESHCONTROL_CLI_CA_FILE"] = CaFile;
        if (key is not null)
        {
            run.Variables["MESHCONTROL_CLI_API_KEY"] = key;
        }

        return run;
    }

    /// <summary>With a certificate for 127.0.0.1 and two users.</summary>
    private async Task<RealServer> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mesh", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var tls = new TlsOptions { CertPath = CaFile, KeyPath = Path.Combine(_directory.FullName, "key.pem") };
        await File.WriteAllTextAsync(tls.CertPath, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(tls.KeyPath, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        var server = await RealServer.StartAsync(options => options with { Tls = tls, Grpc = Listening });
        Assert.Equal(0, (await server.RunAsync("users", "create", "anna")).ExitCode);
        Assert.Equal(0, (await server.RunAsync("users", "create", "berta")).ExitCode);
        return server;
    }
}
