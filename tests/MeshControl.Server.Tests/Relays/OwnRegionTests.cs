using MeshControl.Protocol.Control;
using MeshControl.Server.Relays;
using MeshControl.Server.Tests.Configuration;

namespace MeshControl.Server.Tests.Relays;

/// <summary>What clients are told of the server's own relay, by what the operator wrote.</summary>
public sealed class OwnRegionTests
{
    private const string Tls = "tls_cert_path: /c\ntls_key_path: /k\n";
    private const string Hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void Of_Defaults_IsTheWholeRegion()
    {
        var region = Region("");

        Assert.Equal((999, "meshcontrol", "MeshControl"), (region!.RegionId, region.RegionCode, region.RegionName));
        Assert.Equal(
            new DerpNode
            {
                Name = "999a",
                RegionId = 999,
                HostName = "127.0.0.1",
                Ipv4 = "127.0.0.1",
                DerpPort = 8080,
                CertName = $"sha256-raw:{Hash}",
            },
            Assert.Single(region.Nodes!));
    }

    [Theory]
    [InlineData("server_url: https://mesh.example.com\n", "mesh.example.com", 0, null)]
    [InlineData("server_url: https://mesh.example.com:8443\n", "mesh.example.com", 8443, null)]
    [InlineData(Tls + "server_url: https://Mesh.Example.com.:443\n", "mesh.example.com", 0, null)]
    [InlineData(Tls + "server_url: https://bücher.example\n", "xn--bcher-kva.example", 0, null)]
    [InlineData("server_url: http://mesh.example.com\n", "mesh.example.com", 80, $"sha256-raw:{Hash}")]
    [InlineData("server_url: \"http://[2001:db8::7]:8080\"\n", "2001:db8::7", 8080, $"sha256-raw:{Hash}")]
    [InlineData(Tls + "server_url: http://mesh.example.com\nlisten_addr: [\"http://:80\", \"https://:8443\"]\n", "mesh.example.com", 8443, null)]
    [InlineData(Tls + "server_url: http://mesh.example.com\nlisten_addr: [\"http://:80\", \"https://:443\"]\n", "mesh.example.com", 0, null)]
    [InlineData(
        "server_url: https://mesh.example.com\nderp: {server: {hostname: relay.example.com, port: 4443}}\n", "relay.example.com", 4443, null)]
    public void Of_Url_SaysWhereTheRelayIs(string yaml, string host, int port, string? certName)
    {
        var node = Node(yaml);

        Assert.Equal((host, port, certName), (node.HostName, node.DerpPort, node.CertName));
    }

    [Theory]
    [InlineData("", "127.0.0.1", null)]
    [InlineData("server_url: \"http://[2001:db8::7]\"\n", null, "2001:db8::7")]
    [InlineData("server_url: https://mesh.example.com\n", null, null)]
    [InlineData("server_url: https://mesh.example.com\nderp: {server: {ipv4: 192.0.2.7, ipv6: none}}\n", "192.0.2.7", "none")]
    public void Of_Addresses_AreThoseWrittenOrOfTheUrl(string yaml, string? ipv4, string? ipv6)
    {
        var node = Node(yaml);

        Assert.Equal((ipv4, ipv6), (node.Ipv4, node.Ipv6));
    }

    [Theory]
    [InlineData(3478, 0)]
    [InlineData(3479, 3479)]
    [InlineData(null, -1)]
    public void Of_StunPort_IsToldAsClientsReadIt(int? port, int told)
    {
        Assert.Equal(told, OwnRegion.Of(Loading.Options(""), port, null)!.Nodes![0].StunPort);
    }

    [Theory]
    [InlineData("listen_addr: :80\n", true)]
    [InlineData("listen_addr: :8080\n", false)]
    [InlineData(Tls + "listen_addr: [\"https://:443\", \"http://:80\"]\n", true)]
    [InlineData(Tls + "listen_addr: :80\n", false)]
    [InlineData("listen_addr: :8080\nHTTP :80", true)]
    [InlineData("listen_addr: :8080\nHTTP :8081", false)]
    public void Of_Port80_IsToldOnlyWhereItIsAnswered(string yaml, bool told)
    {
        var http = yaml.Split("HTTP ") is [_, var address] ? $", http_listen_addr: \"{address}\"" : "";
        var rest = yaml.Split("HTTP ")[0] + "server_url: https://mesh.example.com\n";

        Assert.Equal(told, Node(rest + $"derp: {{server: {{ipv4: 192.0.2.7{http}}}}}\n").CanPort80);
        Assert.False(Node(rest + $"derp: {{server: {{ipv4: none{http}}}}}\n").CanPort80);
        Assert.False(Node(rest + $"derp: {{server: {{ipv6: none{http}}}}}\n").CanPort80);
    }

    [Theory]
    [InlineData("derp: {server: {enabled: false}}")]
    [InlineData("derp: {server: {automatically_add_embedded_derp_region: false}}")]
    public void Of_NotToBeTold_IsNone(string yaml)
    {
        Assert.Null(Region(yaml));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("server_url: https://mesh.example.com", false)]
    [InlineData(Tls + "server_url: http://mesh.example.com", false)]
    [InlineData("derp: {server: {enabled: false}}", false)]
    public void IsPinned_OnlyWithoutAnyOtherCertificate(string yaml, bool expected)
    {
        Assert.Equal(expected, OwnRegion.IsPinned(Loading.Options(yaml)));
    }

    private static DerpNode Node(string yaml) => Assert.Single(Region(yaml)!.Nodes!);

    private static DerpRegion? Region(string yaml)
    {
        var options = Loading.Options(yaml);
        return OwnRegion.Of(options, 3478, OwnRegion.IsPinned(options) ? Hash : null);
    }
}
