using System.Net;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>A DNS server: an address, an address with port, or an <c>https://</c> URL. The address is always on the wire.</summary>
public sealed record DnsResolver
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Addr { get; init => field = value ?? ""; } = "";

    public WireList<IPAddress>? BootstrapResolution { get; init; }

    public bool UseWithExitNode { get; init; }
}
