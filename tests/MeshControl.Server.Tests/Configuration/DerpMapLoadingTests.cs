using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Derp;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Validation;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Tests.Configuration;

public sealed class DerpMapLoadingTests
{
    private const string Inline = """
        derp:
          map:
            regions:
              900:
                regionid: 900
                regioncode: home
                regionname: Home
                latitude: 52.5
                longitude: -13.4
                nodes:
                  - name: 900a
                    regionid: 900
                    hostname: Relay.Example.org
                    ipv4: 192.0.2.7
                    ipv6: none
                    stunport: -1
                    derpport: 8443
                    canport80: true
                  - {name: 900b, hostname: 192.0.2.8, stunonly: true, stunport: 3479}
              901:
                nodes: [{name: 901a, hostname: other.example.org}]
        """;

    [Fact]
    public void Load_InlineMap_FillsEveryField()
    {
        var map = Loading.Options(Inline).Derp.Map;

        Assert.Equal([900, 901], map.Regions!.Keys);
        Assert.Equal(
            new DerpRegion
            {
                RegionId = 900,
                RegionCode = "home",
                RegionName = "Home",
                Latitude = 52.5,
                Longitude = -13.4,
                Nodes = WireList.CopyOf(
                [
                    new DerpNode
                    {
                        Name = "900a",
                        RegionId = 900,
                        HostName = "relay.example.org",
                        Ipv4 = "192.0.2.7",
                        Ipv6 = "none",
                        StunPort = -1,
                        DerpPort = 8443,
                        CanPort80 = true,
                    },
                    new DerpNode { Name = "900b", RegionId = 900, HostName = "192.0.2.8", StunOnly = true, StunPort = 3479 },
                ]),
            },
            map.Regions[900]);
    }

    [Fact]
    public void Load_RegionWithoutNumberCodeOrName_GetsThemFromItsKey()
    {
        var region = Loading.Options(Inline).Derp.Map.Regions![901]!;

        Assert.Equal((901, "901", "Region 901"), (region.RegionId, region.RegionCode, region.RegionName));
        Assert.Equal(901, region.Nodes![0].RegionId);
    }

    [Fact]
    public void Load_JsonFileInTheWireForm_IsReadWithTabsAndAnyCase()
    {
        var loading = new Loading
        {
            Files =
            {
                [Loading.ConfigPath] = "derp: {paths: [relays.json]}",
                ["/etc/meshcontrol/relays.json"] =
                    "{\n\t\"Regions\": {\n\t\t\"1\": {\n\t\t\t\"RegionID\": 1,\n\t\t\t\"RegionCode\": \"nyc\",\n\t\t\t\"RegionName\": \"New York City\",\n"
                    + "\t\t\t\"Nodes\": [\n\t\t\t\t{\n\t\t\t\t\t\"Name\": \"1f\",\n\t\t\t\t\t\"RegionID\": 1,\n\t\t\t\t\t\"HostName\": \"relay1f.example.org\",\n"
                    + "\t\t\t\t\t\"IPv6\": \"2001:db8::1\",\n\t\t\t\t\t\"STUNPort\": 3478,\n\t\t\t\t\t\"CanPort80\": true\n\t\t\t\t}\n\t\t\t]\n\t\t}\n\t},\n"
                    + "\t\"HomeParams\": {\"RegionScore\": {\"1\": 0.5}}\n}\n",
            },
        };

        var result = loading.Load();

        Assert.Empty(result.Errors.Select(error => error.ToString()));
        Assert.Empty(result.Warnings);
        var map = Assert.Single(result.Options!.Derp.Files);
        Assert.Equal("relay1f.example.org", map.Regions![1]!.Nodes![0].HostName);
        Assert.Equal("2001:db8::1", map.Regions[1]!.Nodes![0].Ipv6);
        Assert.Equal(0.5, map.HomeParams!.RegionScore![1]);
    }

    [Fact]
    public void Load_LaterFiles_ReplaceWholeRegionsAndNullRemovesThem()
    {
        var loading = new Loading
        {
            Files =
            {
                [Loading.ConfigPath] = Inline + "\n  paths: [first.yaml, /srv/second.yaml]\n",
                ["/etc/meshcontrol/first.yaml"] =
                    "regions: {5: {nodes: [{name: 5a, hostname: five.example}]}, 900: {nodes: [{name: x, hostname: x.example}]}}",
                ["/srv/second.yaml"] = "regions:\n  901: null\n  5:\n    nodes: [{name: 5b, hostname: newer.example}]\n",
            },
        };

        var derp = loading.Load().Options!.Derp;

        Assert.Equal([900, 901], derp.Map.Regions!.Keys);
        Assert.Equal<int[]>([[5, 900], [5, 901]], derp.Files.Select(file => file.Regions!.Keys.Order().ToArray()));
        var map = Together(derp);
        Assert.Equal([5, 900], map.Regions!.Keys);
        Assert.Equal("newer.example", Assert.Single(map.Regions[5]!.Nodes!).HostName);
        Assert.Equal("x.example", Assert.Single(map.Regions[900]!.Nodes!).HostName);
    }

    [Fact]
    public void Load_FieldNobodyHasHeardOfInWhatOthersWrite_IsPassedOverInSilence()
    {
        const string text = """{"Regions": {"1": {"Nodes": [{"Name": "1a", "HostName": "h.example", "STUNPorts": [1]}], "Regioncodes": 1}}, "Extra": 1}""";

        var map = DerpMapDocument.Read("https://maps.example", text, isForeign: true, out _);

        Assert.Equal("1a", map!.Regions![1]!.Nodes![0].Name);
        Assert.Null(DerpMapDocument.Read("/etc/relays.json", text, isForeign: false, out var problem));
        Assert.Contains("Did you mean", problem, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Acceptance", "TestDerpConfigSkipsMalformedURL")]
    public void Load_MalformedUrls_AreLeftOutWithAWarningEach()
    {
        var result = Loading.Yaml("""
            derp:
              urls:
                - https://maps.example/derpmap/default
                - "http//maps.example"
                - ftp://maps.example/map
                - "https://user:hush@maps.example/"
                - https://maps.example/derpmap/default
                - "://"
                - http://maps.example/plain
            """);

        Assert.True(result.Succeeded);
        Assert.Equal(
            ["https://maps.example/derpmap/default", "http://maps.example/plain"],
            result.Options.Derp.Urls.Select(url => url.AbsoluteUri));
        Assert.Equal(
            ["derp.urls[1]", "derp.urls[2]", "derp.urls[3]", "derp.urls[5]", "derp.urls[6]"],
            result.Warnings.Select(warning => warning.Key));
        Assert.Contains("unencrypted", result.Warnings[^1].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", string.Concat(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UrlsAlone_NeedNoOtherRelay()
    {
        Assert.Empty(Loading.Yaml("derp: {urls: [\"https://maps.example/\"], server: {enabled: false}}").Warnings);
    }

    [Fact]
    public void Load_DuplicateNamesBesideUrls_AreStillAnError()
    {
        var error = Loading.Error(
            "derp: {urls: [\"https://maps.example/\"], map: {regions: {900: {nodes: [{name: a, hostname: h.example}, {name: a, hostname: i.example}]}}}}");

        Assert.Contains("2 nodes are called a", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10s", true)]
    [InlineData("9s", false)]
    [InlineData("30d", true)]
    [InlineData("31d", false)]
    public void Load_UpdateFrequency_StaysBetweenItsBounds(string text, bool isGood)
    {
        var result = Loading.Yaml($"derp: {{update_frequency: {text}}}");

        Assert.Equal(isGood, result.Succeeded);
        Assert.True(isGood || result.Errors[0].Message.Contains(DurationText.Format(DerpValidator.MaxUpdateFrequency), StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromSeconds(10), DerpValidator.MinUpdateFrequency);
    }

    [Theory]
    [InlineData("derp: {server: {enabled: false}}")]
    [InlineData("derp: {server: {enabled: false}, map: {regions: {}}}")]
    [InlineData("derp: {server: {automatically_add_embedded_derp_region: false}, map: {regions: {900: null}}}")]
    public void Load_NoRelayAtAll_WarnsThatClientsDoNotComeUp(string yaml)
    {
        var result = Loading.Yaml(yaml);

        Assert.Empty(result.Errors);
        var warning = Assert.Single(result.Warnings);
        Assert.Equal("derp.map", warning.Key);
        Assert.Contains("do not come up", warning.Message, StringComparison.Ordinal);
        Assert.Contains("derp.paths", warning.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("900: {regionid: 901, nodes: [{name: a, hostname: h.example}]}", "says that it is 901")]
    [InlineData("900: {nodes: []}", "no nodes")]
    [InlineData("900: {regioncode: x}", "no nodes")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, stunonly: true}]}", "only STUN")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, regionid: 7}]}", "belongs to region 7")]
    [InlineData("900: {nodes: [{hostname: h.example}]}", "no name")]
    [InlineData("900: {nodes: [{name: a}]}", "no hostname")]
    [InlineData("900: {nodes: [{name: a, hostname: \"https://h.example\"}]}", "not the name of a host")]
    [InlineData("900: {nodes: [{name: a, hostname: \"h.example:443\"}]}", "not the name of a host")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, ipv4: none, ipv6: none}]}", "neither an IPv4 nor an IPv6")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, ipv4: \"2001:db8::1\"}]}", "not an IPv4 address")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, derpport: 65536}]}", "from 0 to 65535")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, stunport: -2}]}", "from -1 to 65535")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, certname: \"sha256-raw:12\"}]}", "64 hexadecimal digits")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, stunprot: 1}]}", "no such key")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example, HostName: i.example}]}", "written twice")]
    [InlineData("900: {nodes: {name: a, hostname: h.example}}", "a list of nodes is expected")]
    [InlineData("900: [a]", "a region is expected")]
    [InlineData("900: {nomeasurenohome: true, nodes: [{name: a, hostname: h.example}]}", "No region can be a client's home")]
    [InlineData("0: {nodes: [{name: a, hostname: h.example}]}", "not the number of a region")]
    [InlineData("65536: {nodes: [{name: a, hostname: h.example}]}", "not the number of a region")]
    [InlineData("0900: {nodes: [{name: a, hostname: h.example}]}", "not the number of a region")]
    [InlineData("home: {nodes: [{name: a, hostname: h.example}]}", "not the number of a region")]
    [InlineData("900: {nodes: [{name: a, hostname: h.example}]}, 901: {nodes: [{name: a, hostname: i.example}]}", "region 900 and region 901")]
    public void Load_MistakeInTheMap_IsAnErrorThatSaysSo(string regions, string complaint)
    {
        var error = Loading.Error($"derp: {{server: {{enabled: false}}, map: {{regions: {{{regions}}}}}}}");

        Assert.StartsWith("derp.map", error.Key, StringComparison.Ordinal);
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_LargestRegionNumber_IsTaken()
    {
        var options = Loading.Options("derp: {map: {regions: {65535: {nodes: [{name: a, hostname: h.example}]}}}}");

        Assert.Equal([65535], options.Derp.Map.Regions!.Keys);
    }

    [Fact]
    public void Load_MistakeInAFile_IsReportedWithThatFilesLine()
    {
        var loading = new Loading
        {
            Files =
            {
                [Loading.ConfigPath] = "derp:\n  paths:\n    - relays.yaml\n    - missing.yaml\n    - empty.yaml\n",
                ["/etc/meshcontrol/relays.yaml"] = "regions:\n  900:\n    nodes:\n      - name: 900a\n        hostnam: h.example\n",
                ["/etc/meshcontrol/empty.yaml"] = "# nothing\n",
            },
        };

        var errors = loading.Load().Errors;

        Assert.Equal(3, errors.Count);
        Assert.Equal(
            ["derp.paths[1]", "derp.paths[2]", "regions.900.nodes[0].hostnam"], errors.Select(error => error.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ConfigurationOrigin.OfLine("/etc/meshcontrol/relays.yaml", 5),
            Assert.Single(errors, error => error.Key.StartsWith("regions", StringComparison.Ordinal)).Origin);
    }

    [Fact]
    public void Load_FieldNobodyHasHeardOf_IsAWarning()
    {
        var result = Loading.Yaml("derp: {map: {regions: {900: {futureextension: 1, nodes: [{name: a, hostname: h.example}]}}}}");

        Assert.True(result.Succeeded);
        Assert.Equal("derp.map.regions.900.futureextension", Assert.Single(result.Warnings).Key);
    }

    [Fact]
    public void Load_UncheckedCertificates_AreAWarning()
    {
        var result = Loading.Yaml("derp: {map: {regions: {900: {nodes: [{name: a, hostname: h.example, insecurefortests: true}]}}}}");

        Assert.Contains("not check the certificate", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FactorOfZero_IsAnError()
    {
        Assert.Contains("above 0", Loading.Error("derp: {map: {homeparams: {regionscore: {900: 0}}}}").Message, StringComparison.Ordinal);
    }

    private static DerpMap Together(DerpOptions derp) =>
        MapMerge.Merge([new MapPart("own", derp.Map), .. derp.Files.Select(file => new MapPart("file", file))]).Map;
}
