using System.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Store.Mapping;

/// <summary>
/// A client's report about its host as JSON text, in the protocol's own form: text an operator can read, with every control character
/// escaped, which PostgreSQL's text demands.
/// </summary>
internal static class HostinfoColumn
{
    public static string Of(Hostinfo hostinfo) => Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(hostinfo));

    public static Hostinfo ToHostinfo(string column) => ControlJson.Parse<Hostinfo>(Encoding.UTF8.GetBytes(column));

    /// <summary>A network report is only defined inside a host report, so it is stored inside an otherwise empty one.</summary>
    public static string? Of(NetInfo? netInfo) => netInfo is null ? null : Of(new Hostinfo { NetInfo = netInfo });

    public static NetInfo? ToNetInfo(string? column) => column is null ? null : ToHostinfo(column).NetInfo;
}
