using System.Net;
using MeshControl.Core.Model;
using MeshControl.Protocol.Keys;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class NodeMapping
{
    public static NodeRow ToRow(this Node node, TailnetId tailnet) => new()
    {
        Id = node.Id.Value,
        TailnetId = tailnet.Value,
        OwnerId = node.Owner?.Value,
        Tags = [.. node.Tags],
        MachineKey = KeyColumns.Of(node.MachineKey.Bytes),
        NodeKey = KeyColumns.Of(node.NodeKey.Bytes),
        DiscoKey = KeyColumns.OrNull(node.DiscoKey.Bytes),
        NetworkLockKey = KeyColumns.OrNull(node.NetworkLockKey.Bytes),
        Ipv4 = node.IPv4?.ToString(),
        Ipv6 = node.IPv6?.ToString(),
        GivenName = node.GivenName,
        GivenNameFixed = node.GivenNameFixed,
        Hostinfo = HostinfoColumn.Of(node.Hostinfo),
        CapabilityVersion = node.CapabilityVersion,
        CreatedAt = Microseconds.Of(node.CreatedAt),
        Expiry = Microseconds.Of(node.Expiry),
        Ephemeral = node.Ephemeral,
        NeedsApproval = node.NeedsApproval,
        RegisterMethod = (int)node.Method,
        AuthKeyId = node.AuthKey?.Value,
    };

    public static Node ToModel(this NodeRow row) => new()
    {
        Id = new NodeId(row.Id),
        Owner = row.OwnerId is { } owner ? new UserId(owner) : null,
        Tags = [.. row.Tags],
        MachineKey = new MachinePublicKey(KeyColumns.ToKey(row.MachineKey)),
        NodeKey = new NodePublicKey(KeyColumns.ToKey(row.NodeKey)),
        DiscoKey = new DiscoPublicKey(KeyColumns.ToKey(row.DiscoKey)),
        NetworkLockKey = new NetworkLockPublicKey(KeyColumns.ToKey(row.NetworkLockKey)),
        IPv4 = row.Ipv4 is { } ipv4 ? IPAddress.Parse(ipv4) : null,
        IPv6 = row.Ipv6 is { } ipv6 ? IPAddress.Parse(ipv6) : null,
        GivenName = row.GivenName,
        GivenNameFixed = row.GivenNameFixed,
        Hostinfo = HostinfoColumn.ToHostinfo(row.Hostinfo),
        CapabilityVersion = row.CapabilityVersion,
        CreatedAt = Microseconds.ToTime(row.CreatedAt),
        Expiry = Microseconds.ToTime(row.Expiry),
        Ephemeral = row.Ephemeral,
        NeedsApproval = row.NeedsApproval,
        Method = (RegisterMethod)row.RegisterMethod,
        AuthKey = row.AuthKeyId is { } key ? new PreAuthKeyId(key) : null,
    };
}
