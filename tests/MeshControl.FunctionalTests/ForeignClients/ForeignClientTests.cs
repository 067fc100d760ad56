using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MeshControl.Core.ApiKeys;
using MeshControl.FunctionalTests.Support;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.FunctionalTests.ForeignClients;

/// <summary>
/// The admin API with the gRPC implementations of others: in JavaScript from the contract's files, in Python from reflection alone; over TLS
/// with an API key, and over the Unix socket.
/// </summary>
public sealed class ForeignClientTests : IDisposable
{
    private const int RefusedCall = 4303;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-foreign-");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Node_EverySituation_IsAsWithOurOwnClient(bool remote)
    {
        await using var server = await StartAsync();
        var result = await ForeignPrograms.RunNodeAsync(await ArgumentsAsync(server, remote));

        AssertCommon(result, "node", remote);
        Assert.Equal(Text(result["users"]!["value"]!["users"]), Text(result["reflected"]!["value"]!["users"]));
        Assert.NotEmpty(result["version"]!["value"]!["version"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Python_EverySituation_IsAsWithOurOwnClient(bool remote)
    {
        await using var server = await StartAsync();
        var result = await ForeignPrograms.RunPythonAsync(await ArgumentsAsync(server, remote));

        AssertCommon(result, "python", remote);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static string Text(JsonNode? node) => node!.ToJsonString();

    private static void AssertCommon(JsonNode result, string name, bool remote)
    {
        // Unary, and text beyond ASCII.
        var created = result["created"]!["value"]!["user"]!;
        Assert.Equal((name, "Größe ✓"), (created["name"]!.GetValue<string>(), created["display_name"]!.GetValue<string>()));
        Assert.Equal(name, Assert.Single(result["users"]!["value"]!["users"]!.AsArray())!["name"]!.GetValue<string>());

        // Metadata of the response.
        Assert.Contains("date", result["created"]!["headers"]!.AsArray().Select(header => header!.GetValue<string>()));

        // An error with details that say the same.
        var again = result["again"]!;
        Assert.Equal(6, again["code"]!.GetValue<int>());
        Assert.Contains(name, again["message"]!.GetValue<string>(), StringComparison.Ordinal);
        var details = Assert.Single(again["details"]!.AsArray())!;
        Assert.Equal(Text(again["code"]), Text(details["code"]));
        Assert.Equal(Text(again["message"]), Text(details["message"]));
        var info = Assert.Single(details["details"]!.AsArray())!;
        Assert.Equal(("ALREADY_EXISTS", "meshcontrol"), (info["reason"]!.GetValue<string>(), info["domain"]!.GetValue<string>()));

        // Deadline, request length, and what there is no such thing of.
        Assert.Equal(4, result["deadline"]!.GetValue<int>());
        Assert.Equal(8, result["tooLong"]!["code"]!.GetValue<int>());
        Assert.Equal("SERVING", result["health"]!["value"]!["status"]!.GetValue<string>());
        Assert.Equal(5, result["unknownService"]!["code"]!.GetValue<int>());

        // Reflection, in both versions.
        Assert.Contains("meshcontrol.admin.v1.ApiKeyService", Text(result["v1"]), StringComparison.Ordinal);
        Assert.Equal(Text(result["v1"]), Text(result["v1alpha"]));

        // The key in the metadata of the call.
        foreach (var refused in new[] { result["noKey"]!, result["wrongKey"]! })
        {
            if (remote)
            {
                Assert.Equal(16, refused["code"]!.GetValue<int>());
                Assert.StartsWith("Unauthorized", refused["message"]!.GetValue<string>(), StringComparison.Ordinal);
                Assert.Empty(refused["details"]!.AsArray());
            }
            else
            {
                Assert.Single(refused["value"]!["users"]!.AsArray());
            }
        }
    }

    private async Task<JsonObject> ArgumentsAsync(TestServer server, bool remote)
    {
        if (!remote)
        {
            return new JsonObject { ["target"] = $"unix:{server.AdminSocket}" };
        }

        server.ExpectLog(RefusedCall);
        var key = await server.ExecuteAsync(new CreateApiKeyCommand());
        return new JsonObject
        {
            ["target"] = server.Server.RemoteAdminAddress!.ToString(),
            ["ca"] = Path.Combine(_directory.FullName, "cert.pem"),
            ["key"] = key.Text,
        };
    }

    private Task<TestServer> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mesh", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var tls = new TlsOptions
        {
            CertPath = Path.Combine(_directory.FullName, "cert.pem"),
            KeyPath = Path.Combine(_directory.FullName, "key.pem"),
        };
        File.WriteAllText(tls.CertPath, certificate.ExportCertificatePem());
        File.WriteAllText(tls.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return TestServer.StartAsync(configure: options => options with
        {
            Tls = tls,
            Grpc = new GrpcOptions { ListenAddr = new ListenAddress(IPAddress.Loopback, 0) },
        });
    }
}
