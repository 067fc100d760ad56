using System.Text;
using System.Text.Json;
using MeshControl.Protocol.Control;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>The smallest exchange that brings a client up, through every message of it.</summary>
public sealed class WorkedExchangeTests
{
    private const string Register =
        """
        {"Version":138,"NodeKey":"nodekey:<aa>","OldNodeKey":"nodekey:<00>","NLKey":"nlpub:<bb>",
         "Expiry":"0001-01-01T00:00:00Z","Followup":"","Hostinfo":{"BackendLogID":"f13c","OS":"linux","Hostname":"box"},
         "NodeKeySignature":null}
        """;

    private const string Pending =
        """
        {"User":{"ID":0,"DisplayName":""},"Login":{"ID":0,"Provider":"","LoginName":"","DisplayName":""},"NodeKeyExpired":false,"MachineAuthorized":false,"AuthURL":"https://control.example.com/register/x1","NodeKeySignature":null,"Error":""}
        """;

    private const string Success =
        """
        {"User":{"ID":7,"DisplayName":"Alice"},"Login":{"ID":7,"Provider":"oidc","LoginName":"alice@example.com","DisplayName":"Alice"},"NodeKeyExpired":false,"MachineAuthorized":true,"AuthURL":"","NodeKeySignature":null,"Error":""}
        """;

    private const string FirstMap =
        """
        {"Node":{"ID":11,"StableID":"n11","Name":"box.tailnet.example.","User":7,
           "Key":"nodekey:<aa>","KeyExpiry":"2027-01-01T00:00:00Z","Machine":"mkey:<cc>",
           "DiscoKey":"discokey:<dd>","Addresses":["100.64.0.11/32","fd7a:115c:a1e0::b/128"],
           "AllowedIPs":["100.64.0.11/32","fd7a:115c:a1e0::b/128"],"HomeDERP":900,"Cap":138,
           "Hostinfo":{"OS":"linux","Hostname":"box"},"Created":"2026-08-01T00:00:00Z","MachineAuthorized":true,"Online":true,
           "CapMap":{"https://tailscale.com/cap/file-sharing":null,"https://tailscale.com/cap/ssh":null}},
         "Peers":[{"ID":12,"StableID":"n12","Name":"srv.tailnet.example.","User":7,"Key":"nodekey:<ee>","Machine":"mkey:<ff>",
           "DiscoKey":"discokey:<11>","Addresses":["100.64.0.12/32"],"AllowedIPs":["100.64.0.12/32"],
           "Endpoints":["203.0.113.20:41641"],"HomeDERP":900,"Cap":138,
           "Hostinfo":{"OS":"linux","Hostname":"srv","Services":[{"Proto":"peerapi4","Port":44301}]},
           "MachineAuthorized":true,"Online":true}],
         "UserProfiles":[{"ID":7,"LoginName":"alice@example.com","DisplayName":"Alice"}],
         "DERPMap":{"Regions":{"900":{"RegionID":900,"RegionCode":"home","RegionName":"Home","Nodes":[{"Name":"900a","RegionID":900,"HostName":"derp.example.com"}]}}},
         "DNSConfig":{"Proxied":true,"Domains":["tailnet.example"],"Routes":{"tailnet.example":[]}},
         "PacketFilters":{"base":[{"SrcIPs":["*"],"DstPorts":[{"IP":"*","Ports":{"First":0,"Last":65535}}]}]},
         "Domain":"tailnet.example","CollectServices":false,"SSHPolicy":{"rules":[]},
         "ControlTime":"2026-08-04T10:00:00Z","Debug":{"DisableLogTail":true}}
        """;

    [Fact]
    public void Register_Built_IsWrittenAsTheClientDoes()
    {
        var parsed = ControlJson.Parse<RegisterRequest>(Utf8(Register));
        Assert.Equal(
            (138, true, true, "box"),
            (parsed.Version, parsed.OldNodeKey.IsZero, parsed.Expiry is null, parsed.Hostinfo!.Hostname));
        JsonMeaning.AssertEqual(Element(Register), ControlJson.SerializeToUtf8Bytes(parsed), nameof(Register));
    }

    [Theory]
    [InlineData(Pending)]
    [InlineData(Success)]
    public void RegisterResponse_ReadAndWritten_IsTheSameText(string text) =>
        Assert.Equal(text, Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(ControlJson.Parse<RegisterResponse>(Utf8(text)))));

    [Fact]
    public void RegisterResponse_WaitingForLogin_IsWrittenInFull() =>
        Assert.Equal(
            Pending,
            Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(
                new RegisterResponse { AuthUrl = "https://control.example.com/register/x1" })));

    [Fact]
    public void FirstMap_ReadAndWritten_KeepsItsMeaning()
    {
        var parsed = ControlJson.Parse<MapResponse>(Utf8(FirstMap));
        Assert.Equal("home", parsed.DerpMap!.Regions![900]!.RegionCode);
        Assert.Equal(["100.64.0.11/32", "fd7a:115c:a1e0::b/128"], parsed.Node!.Addresses!.Select(prefix => prefix.ToString()));
        Assert.True(parsed.Node.CapMap!.ContainsKey(NodeCapabilities.FileSharing));
        Assert.Equal(PortRange.All, parsed.PacketFilters!["base"]![0].DstPorts![0].Ports);
        JsonMeaning.AssertEqual(Element(FirstMap), ControlJson.SerializeToUtf8Bytes(parsed), nameof(FirstMap));
    }

    [Theory]
    [InlineData("""{"PeersChangedPatch":[{"NodeID":12,"Online":false,"LastSeen":"2026-08-04T10:05:00Z"}]}""")]
    [InlineData("""{"PeersChangedPatch":[{"NodeID":12,"Endpoints":["198.51.100.7:41641"]}]}""")]
    [InlineData("""{"PeersRemoved":[12]}""")]
    public void Delta_ReadAndWritten_IsTheSameText(string text)
    {
        var parsed = ControlJson.Parse<MapResponse>(Utf8(text));
        JsonMeaning.AssertEqual(Element(text), ControlJson.SerializeToUtf8Bytes(parsed), text);
    }

    [Fact]
    public void Difference_OfWhatAClientTellsApart_IsFound()
    {
        static string? Difference(string left, string right) => JsonMeaning.Difference(Element(left), Element(right), "$");
        Assert.NotNull(Difference("""{"a":[]}""", "{}"));
        Assert.NotNull(Difference("{}", """{"a":{}}"""));
        Assert.NotNull(Difference("""{"a":1}""", """{"a":2}"""));
        Assert.NotNull(Difference("""{"a":[1]}""", """{"a":[1,2]}"""));
        Assert.NotNull(Difference("""{"a":"2026-08-04T10:00:00Z"}""", """{"a":"2026-08-04T10:00:01Z"}"""));
        Assert.Null(Difference("""{"a":null,"b":0,"c":""}""", "{}"));
    }

    /// <summary>Spells out the shortened keys: a byte in angle brackets stands for 32 of it.</summary>
    private static string Expand(string json)
    {
        var text = new StringBuilder();
        for (var i = 0; i < json.Length; i++)
        {
            var isKey = json[i] == '<';
            text.Append(isKey ? string.Concat(Enumerable.Repeat(json.Substring(i + 1, 2), 32)) : json[i]);
            i += isKey ? 3 : 0;
        }

        return text.ToString();
    }

    private static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(Expand(json));

    private static JsonElement Element(string json) => JsonDocument.Parse(Expand(json)).RootElement;
}
