using System.Net;
using MeshControl.Core.Nodes;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Server;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Relays;

namespace MeshControl.FunctionalTests.Relays;

/// <summary>A relay in a process of its own beside a whole server, which says whom it may serve.</summary>
public sealed class RelayOnlyTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("meshcontrol-relay-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestDERPVerifyEndpoint")]
    public async Task VerifyUrl_OfAServer_AdmitsItsNodesAlone()
    {
        await using var server = await TestServer.StartAsync(configure: options => options with
        {
            Derp = options.Derp with { Verify = new DerpVerifyOptions { Secret = new Secret("s3cret") } },
        });
        var authKey = await server.CreateUserWithKeyAsync("anna");
        using var alpha = X25519PrivateKey.Generate();
        using var beta = X25519PrivateKey.Generate();
        using var stranger = X25519PrivateKey.Generate();
        await server.JoinAsync("alpha", authKey, identity: IdentityOf(alpha));
        var leaving = await server.JoinAsync("beta", authKey, identity: IdentityOf(beta));
        await using var relay = await StartAsync(new Uri(server.Url, "/verify/s3cret"));
        var endpoint = RelayEndpoint.Tls(relay.Addresses[0]) with { CertificatePin = relay.Region.Nodes![0].CertName!["sha256-raw:".Length..] };

        await using (var first = await RelayClient.DialAsync(endpoint, alpha, null, Token))
        await using (var second = await RelayClient.DialAsync(endpoint with { UsesWebSocket = true }, beta, null, Token))
        {
            Assert.True(first.UsedFastStart);
            Assert.Equal(relay.PublicKey.Bytes, first.ServerKey);
            Assert.Equal(relay.PublicKey.Bytes, second.ServerKey);
        }

        await Assert.ThrowsAsync<RelayProtocolException>(() => RelayClient.DialAsync(endpoint, stranger, null, Token));

        await server.ExecuteAsync(new DeleteNodeCommand(server.Entry(leaving).Id));
        await Assert.ThrowsAsync<RelayProtocolException>(() => RelayClient.DialAsync(endpoint, beta, null, Token));
    }

    [Fact]
    public async Task VerifyUrl_WithoutTheSecret_AdmitsNobody()
    {
        await using var server = await TestServer.StartAsync(configure: options => options with
        {
            Derp = options.Derp with { Verify = new DerpVerifyOptions { Secret = new Secret("s3cret") } },
        });
        using var alpha = X25519PrivateKey.Generate();
        await server.JoinAsync("alpha", await server.CreateUserWithKeyAsync("anna"), identity: IdentityOf(alpha));
        await using var relay = await StartAsync(new Uri(server.Url, "/verify"));

        // Also where a server that is away would let everybody in: this one has answered.
        await Assert.ThrowsAsync<RelayProtocolException>(
            () => RelayClient.DialAsync(RelayEndpoint.Tls(relay.Addresses[0]), alpha, null, Token));
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Simulated nodes have no use for the secret part of their node keys; a relay wants to see that they have it.</summary>
    private static NodeIdentity IdentityOf(X25519PrivateKey nodeKey) => NodeIdentity.Create() with { NodeKey = new NodePublicKey(nodeKey.PublicKey) };

    private Task<RelayOnlyServer> StartAsync(Uri verifyUrl) => RelayOnlyServer.StartAsync(
        new RelayOnlyOptions
        {
            HostName = "127.0.0.1",
            KeyPath = Path.Combine(_directory.FullName, "relay.key"),
            ListenAddr = [new ListenAddress(IPAddress.Loopback, 0)],
            VerifyUrl = verifyUrl,
            VerifyFailOpen = true,
            Logging = _ => { },
        },
        Token);
}
