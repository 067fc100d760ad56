using System.Net;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>The server's own relay: on by itself, and every mistake about it is told.</summary>
public sealed class DerpServerTests
{
    private const string MeshKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void Load_Nothing_IsARelayOfItsOwn()
    {
        var server = Loading.Options("").Derp.Server;

        Assert.True(server.Enabled);
        Assert.True(server.VerifyClients);
        Assert.True(server.AddRegion);
        Assert.Equal(999, server.RegionId);
        Assert.Equal("/var/lib/meshcontrol/derp_server_private.key", server.PrivateKeyPath);
        Assert.Equal([new ListenAddress(IPAddress.IPv6Any, 3478)], server.StunListenAddr);
        Assert.True(server.AnswersStun);
        Assert.Null(server.HttpListenAddr);
        Assert.Null(server.MeshKey);
        Assert.Equal(0, server.BytesPerSecond);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    public void Load_Secret_IsTooLongToBeTried(int length, bool isTaken)
    {
        var loaded = Loading.Yaml($"derp: {{verify: {{secret: {new string('s', length)}}}}}");

        Assert.Equal(isTaken, loaded.Succeeded);
    }

    [Fact]
    public void Load_MeshWithARelayThatSignsForItself_TakesItsHash()
    {
        var relay = $"https://192.0.2.7:8443#sha256-raw:{new string('a', 64)}";
        var loading = new Loading
        {
            Files =
            {
                [Loading.ConfigPath] = $"derp: {{server: {{mesh_key_path: mesh.key, mesh_with: [\"{relay}\"]}}}}",
                ["/etc/meshcontrol/mesh.key"] = MeshKey,
            },
        };

        Assert.Equal([relay], loading.Load().Options!.Derp.Server.MeshWith);
    }

    [Fact]
    public void Load_EveryKey_IsTaken()
    {
        var loading = new Loading
        {
            Files =
            {
                [Loading.ConfigPath] =
                    """
                    derp:
                      server:
                        region_id: 901
                        region_code: here
                        region_name: Right here
                        verify_clients: false
                        private_key_path: relay.key
                        hostname: Relay.example.com
                        port: 8443
                        ipv4: 192.0.2.7
                        ipv6: none
                        stun_listen_addr: ["192.0.2.7:3479", "[2001:db8::7]:3479"]
                        http_listen_addr: :80
                        max_connections: 100
                        bytes_per_second: 1250000
                        burst_bytes: 131072
                        mesh_key_path: mesh.key
                        mesh_with: [relay2.example.com, "relay3.example.com:8443", 192.0.2.9]
                      verify:
                        secret_path: verify.key
                        sources: [192.0.2.0/24]
                    """,
                ["/etc/meshcontrol/mesh.key"] = MeshKey + "\n",
                ["/etc/meshcontrol/verify.key"] = "s3cret_-s3cret_-\n",
            },
        };

        var result = loading.Load();

        Assert.Empty(result.Errors);
        var server = result.Options!.Derp.Server;
        Assert.Equal((901, "here", "Right here", false), (server.RegionId, server.RegionCode, server.RegionName, server.VerifyClients));
        Assert.Equal("/etc/meshcontrol/relay.key", server.PrivateKeyPath);
        Assert.Equal(("relay.example.com", 8443, "192.0.2.7", "none"), (server.HostName, server.Port, server.Ipv4, server.Ipv6));
        Assert.Equal([3479, 3479], server.StunListenAddr.Select(address => address.Port));
        Assert.Equal(80, server.HttpListenAddr!.Port);
        Assert.Equal((100, 1250000, 131072), (server.MaxConnections, server.BytesPerSecond, server.BurstBytes));
        Assert.Equal(MeshKey, server.MeshKey!.Reveal());
        Assert.Equal(["relay2.example.com", "relay3.example.com:8443", "192.0.2.9"], server.MeshWith);
        Assert.Equal("s3cret_-s3cret_-", result.Options.Derp.Verify.Secret!.Reveal());
        Assert.Equal([IPNetwork.Parse("192.0.2.0/24")], result.Options.Derp.Verify.Sources);
    }

    [Theory]
    [InlineData("stun_listen_addr: \"\"")]
    [InlineData("stun_listen_addr: []")]
    [InlineData("stun: {enabled: false}")]
    [InlineData("enabled: false")]
    public void Load_StunTurnedOff_IsOff(string key)
    {
        Assert.False(Loading.Options($"derp: {{server: {{{key}}}}}").Derp.Server.AnswersStun);
    }

    [Fact]
    public void Load_KeyOfTheServerElsewhere_TheRelaysIsBesideIt()
    {
        var options = Loading.Options("noise: {private_key_path: /srv/mesh/server.key}");

        Assert.Equal("/srv/mesh/derp_server_private.key", options.Derp.Server.PrivateKeyPath);
        Assert.Equal(
            "/a/relay.key",
            Loading.Options("noise: {private_key_path: /srv/key}\nderp: {server: {private_key_path: /a/relay.key}}").Derp.Server.PrivateKeyPath);
    }

    [Theory]
    [InlineData("private_key_path: /var/lib/meshcontrol/noise_private.key", "derp.server.private_key_path")]
    [InlineData("hostname: relay.mesh.internal", "derp.server.hostname")]
    [InlineData("hostname: https://relay.example.com", "derp.server.hostname")]
    [InlineData("region_id: 0", "derp.server.region_id")]
    [InlineData("region_id: 65536", "derp.server.region_id")]
    [InlineData("ipv4: 2001:db8::1", "derp.server.ipv4")]
    [InlineData("ipv4: none, ipv6: none", "derp.server.ipv6")]
    [InlineData("stun_listen_addr: [\":3478\", \":3478\"]", "derp.server.stun_listen_addr")]
    [InlineData("stun_listen_addr: [\"192.0.2.1:3478\", \"192.0.2.2:3479\"]", "derp.server.stun_listen_addr")]
    [InlineData("stun_listen_addr: udp://:3478", "derp.server.stun_listen_addr")]
    [InlineData("http_listen_addr: \":8080\"", "derp.server.http_listen_addr")]
    [InlineData("burst_bytes: 65567, bytes_per_second: 1000", "derp.server.burst_bytes")]
    [InlineData("max_connections: 0", "derp.server.max_connections")]
    [InlineData("max_connections: 1000001", "derp.server.max_connections")]
    [InlineData("mesh_with: [relay2.example.com]", "derp.server.mesh_with")]
    [InlineData("mesh_with: [\"ftp://relay2.example.com\"]", "derp.server.mesh_with[0]")]
    [InlineData("mesh_key_path: missing.key", "derp.server.mesh_key_path")]
    public void Load_BadValue_IsOneErrorAtItsKey(string keys, string key)
    {
        Assert.Equal(key, Loading.Error($"derp: {{server: {{{keys}}}}}").Key);
    }

    [Fact]
    public void Load_AsManyStunAddressesAsThereMayBe_AndOneMore()
    {
        Assert.Equal(DerpServerOptions.MaxStunAddresses, Loading.Options(Addresses(DerpServerOptions.MaxStunAddresses)).Derp.Server.StunListenAddr.Count);
        Assert.Equal("derp.server.stun_listen_addr", Loading.Error(Addresses(DerpServerOptions.MaxStunAddresses + 1)).Key);

        static string Addresses(int count) =>
            $"derp: {{server: {{stun_listen_addr: [{string.Join(", ", Enumerable.Range(1, count).Select(i => $"\"192.0.2.{i}:3478\""))}]}}}}";
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    public void Load_BadMeshKey_IsAnErrorThatDoesNotShowIt(string key)
    {
        var error = Assert.Single(
            new Loading { Files = { [Loading.ConfigPath] = "derp: {server: {mesh_key_path: /mesh.key}}", ["/mesh.key"] = key } }.Load().Errors);

        Assert.Equal("derp.server.mesh_key_path", error.Key);
        Assert.DoesNotContain(key, error.Message + error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789abcdef/b")]
    [InlineData("0123456789abcdef with space")]
    public void Load_SecretThatIsNoPartOfAUrl_IsAnErrorThatDoesNotShowIt(string secret)
    {
        var error = Loading.Error($"derp: {{verify: {{secret: \"{secret}\"}}}}");

        Assert.Equal("derp.verify.secret", error.Key);
        Assert.DoesNotContain(secret, error.Message + error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OwnRelayTurnedOffAndNoOther_IsAWarningThatNamesTheWayOut()
    {
        var warning = Assert.Single(Loading.Yaml("derp: {server: {enabled: false}}").Warnings, warning => warning.Key == "derp.map");

        Assert.Contains("derp.server.enabled", warning.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(Loading.Yaml("").Warnings, warning => warning.Key == "derp.map");
    }

    [Fact]
    public void Load_TurnedOff_ItsOtherKeysMayContradictEachOther()
    {
        Assert.True(Loading.Yaml("derp: {server: {enabled: false, http_listen_addr: \":8080\", mesh_with: [a.example]}}").Succeeded);
    }
}
