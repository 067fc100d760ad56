using System.Net;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Control.Json;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary>
/// A small change of a known peer. What is not set is unchanged and left out; empty lists and maps clear, and
/// <see cref="WireTime.Zero"/> as expiry means "never".
/// </summary>
public sealed record PeerChange
{
    [JsonPropertyName("NodeID")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long NodeId { get; init; }

    [JsonPropertyName("DERPRegion")]
    public int DerpRegion { get; init; }

    public int Cap { get; init; }

    public WireMap<string, WireList<RawJson>?>? CapMap { get; init; }

    public WireList<IPEndPoint>? Endpoints { get; init; }

    public NodePublicKey Key { get; init; }

    public ByteString KeySignature { get; init; }

    public DiscoPublicKey DiscoKey { get; init; }

    public bool? Online { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Null: unchanged. <see cref="WireTime.Zero"/>: never expires.</summary>
    [JsonConverter(typeof(ExplicitZeroTimestampConverter))]
    public DateTimeOffset? KeyExpiry { get; init; }
}
