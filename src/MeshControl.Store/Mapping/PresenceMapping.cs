using System.Net;
using MeshControl.Core.Model;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class PresenceMapping
{
    private const char Separator = ',';

    public static NodePresenceRow ToRow(this NodePresence presence, NodeId node, TailnetId tailnet) => new()
    {
        NodeId = node.Value,
        TailnetId = tailnet.Value,
        Online = presence.Online,
        LastSeen = Microseconds.Of(presence.LastSeen),
        Endpoints = string.Join(Separator, presence.Endpoints),
        NetInfo = HostinfoColumn.Of(presence.NetInfo),
        HomeDerp = presence.HomeDerp,
    };

    public static NodePresence ToModel(this NodePresenceRow row) => new()
    {
        Online = row.Online,
        LastSeen = Microseconds.ToTime(row.LastSeen),
        Endpoints = [.. row.Endpoints.Split(Separator, StringSplitOptions.RemoveEmptyEntries).Select(IPEndPoint.Parse)],
        NetInfo = HostinfoColumn.ToNetInfo(row.NetInfo),
        HomeDerp = row.HomeDerp,
    };
}
