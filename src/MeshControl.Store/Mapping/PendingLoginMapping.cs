using MeshControl.Core.Logins;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class PendingLoginMapping
{
    public static PendingLoginRow ToRow(this PendingLogin login) => new()
    {
        Number = login.Number,
        AuthId = login.Id,
        MachineKey = KeyColumns.Of(login.Machine.Bytes),
        NodeKey = KeyColumns.Of(login.Request.NodeKey.Bytes),
        OldNodeKey = KeyColumns.OrNull(login.Request.OldNodeKey.Bytes),
        NetworkLockKey = KeyColumns.OrNull(login.Request.NlKey.Bytes),
        Hostinfo = HostinfoColumn.Of(login.Request.Hostinfo ?? new Hostinfo()),
        CapabilityVersion = login.Request.Version,
        WantedExpiry = Microseconds.Of(login.Request.Expiry),
        Ephemeral = login.Request.Ephemeral,
        Address = login.Address,
        CreatedAt = Microseconds.Of(login.CreatedAt),
    };

    public static PendingLogin ToModel(this PendingLoginRow row) => new()
    {
        Number = row.Number,
        Id = row.AuthId,
        Machine = new MachinePublicKey(KeyColumns.ToKey(row.MachineKey)),
        Request = new RegisterRequest
        {
            Version = row.CapabilityVersion,
            NodeKey = new NodePublicKey(KeyColumns.ToKey(row.NodeKey)),
            OldNodeKey = new NodePublicKey(KeyColumns.ToKey(row.OldNodeKey)),
            NlKey = new NetworkLockPublicKey(KeyColumns.ToKey(row.NetworkLockKey)),
            Hostinfo = HostinfoColumn.ToHostinfo(row.Hostinfo),
            Expiry = Microseconds.ToTime(row.WantedExpiry),
            Ephemeral = row.Ephemeral,
        },
        Address = row.Address,
        CreatedAt = Microseconds.ToTime(row.CreatedAt),
    };
}
