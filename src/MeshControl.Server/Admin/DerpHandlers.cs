using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Derp.Client;
using MeshControl.Derp.Stun;
using MeshControl.Protocol.Control;
using MeshControl.Server.RelayMaps;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's view of the relay map.</summary>
internal sealed class DerpHandlers(RelayMapService maps)
{
    public RpcService Bind() => new RpcService(AdminServices.Derp).Unary(DerpMethods.GetDerpMap, GetMapAsync);

    private Task<RpcResult<Messages.GetDerpMapResponse>> GetMapAsync(
        Messages.GetDerpMapRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var current = maps.Current;
        return Task.FromResult<RpcResult<Messages.GetDerpMapResponse>>(new Messages.GetDerpMapResponse
        {
            Regions = { current.Map.Regions!.Values.OfType<DerpRegion>().Select(region => ToMessage(region, current.Origins[region.RegionId])) },
            Sources = { maps.Status.Select(ToMessage) },
        });
    }

    private static Messages.DerpRegion ToMessage(DerpRegion region, string source) => new()
    {
        Id = region.RegionId,
        Code = region.RegionCode,
        Name = region.RegionName,
        NoMeasureNoHome = region.NoMeasureNoHome,
        Source = source,
        Nodes = { region.Nodes!.Select(ToMessage) },
    };

    private static Messages.DerpNode ToMessage(DerpNode node) => new()
    {
        Name = node.Name,
        HostName = node.HostName,
        CertName = node.CertName ?? "",
        Ipv4 = node.Ipv4 ?? "",
        Ipv6 = node.Ipv6 ?? "",
        DerpPort = node.DerpPort == 0 ? RelayEndpoint.DefaultPort : node.DerpPort,
        StunPort = node.StunPort switch { < 0 => 0, 0 => StunListener.DefaultPort, var port => port },
        StunOnly = node.StunOnly,
        CanPort80 = node.CanPort80,
        InsecureForTests = node.InsecureForTests,
    };

    private static Messages.DerpSource ToMessage(MapSourceStatus source) => new()
    {
        Name = source.Name,
        Kind = source.Kind switch
        {
            MapSourceKind.Configuration => Messages.DerpSourceKind.Configuration,
            MapSourceKind.Url => Messages.DerpSourceKind.Url,
            MapSourceKind.File => Messages.DerpSourceKind.File,
            _ => Messages.DerpSourceKind.OwnRelay,
        },
        ReadAt = source.ReadAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
        Problem = source.Problem ?? "",
    };
}
