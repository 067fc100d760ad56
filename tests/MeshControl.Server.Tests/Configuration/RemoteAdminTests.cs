using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>Administration over the network: off by default, and in the clear only where that harms nobody or is said aloud.</summary>
public sealed class RemoteAdminTests
{
    private const string Tls = "tls_cert_path: /c\ntls_key_path: /k\nserver_url: https://mesh.example.org\n";

    [Fact]
    public void Load_Nothing_IsOff()
    {
        Assert.Equal(new GrpcOptions(), Loading.Options("").Grpc);
        Assert.Null(Loading.Options("grpc_listen_addr: \"\"").Grpc.ListenAddr);
    }

    [Theory]
    [InlineData("grpc_listen_addr: 127.0.0.1:50443")]
    [InlineData("grpc_listen_addr: \"[::1]:50443\"")]
    [InlineData("grpc_listen_addr: localhost:50443")]
    [InlineData(Tls + "grpc_listen_addr: :50443")]
    [InlineData(Tls + "grpc_listen_addr: 192.0.2.1:50443")]
    public void Load_LoopbackOrWithACertificate_IsTaken(string yaml)
    {
        var result = Loading.Yaml(yaml);

        Assert.Empty(result.Errors);
        Assert.Equal(50443, result.Options!.Grpc.ListenAddr!.Port);
        Assert.DoesNotContain(result.Warnings, warning => warning.Key.StartsWith("grpc", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(":50443")]
    [InlineData("0.0.0.0:50443")]
    [InlineData("192.0.2.1:50443")]
    public void Load_PlainForOthers_IsAnErrorUnlessAllowed(string address)
    {
        var error = Loading.Error($"grpc_listen_addr: {address}");

        Assert.Equal("grpc_listen_addr", error.Key);
        Assert.Contains("in the clear", error.Message, StringComparison.Ordinal);
        Assert.Contains("tls_cert_path", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("grpc_allow_insecure", error.Remedy, StringComparison.Ordinal);

        var allowed = Loading.Yaml($"grpc_listen_addr: {address}\ngrpc_allow_insecure: true");
        Assert.True(allowed.Succeeded);
        Assert.Single(allowed.Warnings, warning => warning.Key == "grpc_allow_insecure");
    }

    [Fact]
    public void Load_AddressOfThePublicListener_IsAnError()
    {
        var error = Loading.Error("listen_addr: 127.0.0.1:8080\ngrpc_listen_addr: 127.0.0.1:8080");

        Assert.Equal("grpc_listen_addr", error.Key);
        Assert.Contains("listen_addr", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SectionOfTheCommandLine_IsUnderstood()
    {
        var options = Loading.Options("cli: {address: mesh.example.org:50443, api_key_path: key, timeout: 5s, insecure: true, ca_file: ca.pem}");

        Assert.Equal(
            new CliOptions
            {
                Address = "mesh.example.org:50443",
                ApiKeyPath = "/etc/meshcontrol/key",
                Timeout = TimeSpan.FromSeconds(5),
                Insecure = true,
                CaFile = "/etc/meshcontrol/ca.pem",
            },
            options.Cli);
        Assert.Equal("cli.api_key_path", Loading.Error("cli: {api_key: a, api_key_path: b}").Key);
    }
}
