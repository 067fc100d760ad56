using MeshControl.Admin.V1;
using MeshControl.Server.Tests.RelayMaps;
using DerpNode = MeshControl.Protocol.Control.DerpNode;
using DerpRegion = MeshControl.Protocol.Control.DerpRegion;

namespace MeshControl.Server.Tests.Admin;

public sealed class DerpHandlerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetDerpMap_Regions_ComeWithTheirSourcesAndPorts()
    {
        await using var admin = await AdminHarness.StartAsync();
        var own = new DerpRegion
        {
            RegionId = 999,
            RegionCode = "home",
            RegionName = "Home",
            NoMeasureNoHome = true,
            Nodes =
            [
                new DerpNode
                {
                    Name = "999",
                    RegionId = 999,
                    HostName = "h.example",
                    CertName = "c.example",
                    Ipv4 = "192.0.2.7",
                    Ipv6 = "none",
                    DerpPort = 8443,
                    StunPort = -1,
                    CanPort80 = true,
                    InsecureForTests = true,
                },
                new DerpNode { Name = "999s", RegionId = 999, HostName = "s.example", StunOnly = true, StunPort = 3479 },
            ],
        };
        await admin.Maps.Service.SetOwnRegionAsync(own, Token);

        var map = await admin.Client.GetDerpMapAsync(Token);

        Assert.Equal(["derp.map", "derp.server"], map.Regions.Select(region => region.Source));
        Assert.Equal((443, 3478), (map.Regions[0].Nodes[0].DerpPort, map.Regions[0].Nodes[0].StunPort));
        var region = map.Regions[1];
        Assert.Equal((999, "home", "Home", true), (region.Id, region.Code, region.Name, region.NoMeasureNoHome));
        Assert.Equal(
            new MeshControl.Admin.V1.DerpNode
            {
                Name = "999",
                HostName = "h.example",
                CertName = "c.example",
                Ipv4 = "192.0.2.7",
                Ipv6 = "none",
                DerpPort = 8443,
                StunPort = 0,
                CanPort80 = true,
                InsecureForTests = true,
            },
            region.Nodes[0]);
        Assert.Equal((3479, true), (region.Nodes[1].StunPort, region.Nodes[1].StunOnly));
        Assert.Equal([DerpSourceKind.Configuration, DerpSourceKind.OwnRelay], map.Sources.Select(source => source.Kind));
    }

    [Fact]
    public async Task GetDerpMap_SourceThatFails_IsNamedWithTheReason()
    {
        await using var host = await MapHost.StartAsync();
        host.Say(MapBench.Text(1, "1a"));
        var maps = new MapBench();
        await maps.StartAsync(MapBench.Options(host.Url()));
        await using var admin = await AdminHarness.StartAsync(maps: maps);
        var readAt = maps.Time.GetUtcNow();

        host.Fail();
        maps.Time.Advance(TimeSpan.FromHours(1));
        await maps.Service.RefreshAsync(Token);
        var source = Assert.Single((await admin.Client.GetDerpMapAsync(Token)).Sources);

        Assert.Equal(
            (host.Url().AbsoluteUri, DerpSourceKind.Url, readAt, "it answers 503"),
            (source.Name, source.Kind, source.ReadAt.ToDateTimeOffset(), source.Problem));
    }
}
