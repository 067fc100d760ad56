using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf.Reflection;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.Reflection.V1;
using MeshControl.Server.Admin;

namespace MeshControl.Server.Tests.Admin;

/// <summary>What tools are told of the API, in both versions of the contract.</summary>
public sealed class ReflectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1")]
    [InlineData("v1alpha")]
    public async Task ListServices_NamesThemAll(string version)
    {
        await using var harness = await AdminHarness.StartAsync();

        var response = Assert.Single(await AskAsync(harness, version, new ServerReflectionRequest { Host = "h", ListServices = "*" }));

        Assert.Equal(
            [
                "grpc.health.v1.Health",
                "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
                "meshcontrol.admin.v1.ApiKeyService",
                "meshcontrol.admin.v1.DerpService",
                "meshcontrol.admin.v1.LoginService",
                "meshcontrol.admin.v1.NodeService",
                "meshcontrol.admin.v1.PolicyService",
                "meshcontrol.admin.v1.PreAuthKeyService",
                "meshcontrol.admin.v1.ServerService",
                "meshcontrol.admin.v1.UserService",
            ],
            response.ListServicesResponse.Service.Select(service => service.Name));
        Assert.Equal("h", response.ValidHost);
        Assert.Equal("*", response.OriginalRequest.ListServices);
    }

    [Theory]
    [InlineData("meshcontrol.admin.v1.PreAuthKeyService")]
    [InlineData("meshcontrol.admin.v1.PreAuthKeyService.ListPreAuthKeys")]
    [InlineData("meshcontrol.admin.v1.PreAuthKey")]
    public async Task FileContainingSymbol_GivesTheFileAndAllThatItNeeds(string symbol)
    {
        await using var harness = await AdminHarness.StartAsync();

        var response = Assert.Single(await AskAsync(harness, "v1", new ServerReflectionRequest { FileContainingSymbol = symbol }));

        var files = response.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom).ToList();
        Assert.Equal("meshcontrol/admin/v1/pre_auth_keys.proto", files[0].Name);
        Assert.Equal(files.Count, files.Select(file => file.Name).Distinct().Count());
        Assert.All(files, file => Assert.Subset(files.Select(one => one.Name).ToHashSet(), file.Dependency.ToHashSet()));
    }

    [Fact]
    public async Task Requests_OfOneStream_AreAnsweredInTheirOrder()
    {
        await using var harness = await AdminHarness.StartAsync();

        var responses = await AskAsync(
            harness,
            "v1alpha",
            new ServerReflectionRequest { FileByFilename = "grpc/health/v1/health.proto" },
            new ServerReflectionRequest { FileContainingSymbol = "no.such.thing" },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "meshcontrol.admin.v1.User" },
            new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ContainingType = "x", ExtensionNumber = 1 } },
            new ServerReflectionRequest());

        Assert.Single(responses[0].FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal((5, "There is no symbol no.such.thing."), (responses[1].ErrorResponse.ErrorCode, responses[1].ErrorResponse.ErrorMessage));
        Assert.Empty(responses[2].AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal(5, responses[3].ErrorResponse.ErrorCode);
        Assert.Equal(3, responses[4].ErrorResponse.ErrorCode);
    }

    [Fact]
    public async Task Request_NameBeyondTheLimit_EndsTheStream()
    {
        await using var harness = await AdminHarness.StartAsync();
        var longest = new ServerReflectionRequest { FileContainingSymbol = new string('x', ReflectionHandlers.MaxNameLength) };
        var tooLong = new ServerReflectionRequest { FileContainingSymbol = new string('x', ReflectionHandlers.MaxNameLength + 1) };

        Assert.Equal(5, Assert.Single(await AskAsync(harness, "v1", longest)).ErrorResponse.ErrorCode);
        using var response = await SendAsync(harness, "v1", tooLong);

        Assert.Equal("3", response.Headers.GetValues("grpc-status").Single());
    }

    private static async Task<List<ServerReflectionResponse>> AskAsync(
        AdminHarness harness, string version, params ServerReflectionRequest[] requests)
    {
        using var response = await SendAsync(harness, version, requests);
        var reader = new MessageReader(PipeReader.Create(await response.Content.ReadAsStreamAsync(Cancellation)));
        var responses = new List<ServerReflectionResponse>();
        while (await reader.ReadAsync(ServerReflectionResponse.Parser, Cancellation) is { Message: { } message })
        {
            responses.Add(message);
        }

        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        return responses;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        AdminHarness harness, string version, params ServerReflectionRequest[] requests)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var message in requests)
        {
            MessageFrame.Write(body, message);
        }

        using var client = new HttpClient(UnixSocketHandler.Create(harness.Socket, TimeSpan.Zero, TimeProvider.System));
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"http://localhost/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body.WrittenSpan.ToArray()),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(RpcHeaders.ContentType);
        return await client.SendAsync(request, Cancellation);
    }
}
