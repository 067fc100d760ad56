using System.Net;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary>
/// <c>POST /machine/map</c>: the poll for map responses, or an update of what the client tells about itself.
/// Version and keys are always on the wire; host information is null or absent in a client that has none to tell.
/// </summary>
public sealed record MapRequest : IControlMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Version { get; init; }

    /// <summary><c>zstd</c>, or null for plain JSON.</summary>
    public string? Compress { get; init; }

    public bool KeepAlive { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NodePublicKey NodeKey { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DiscoPublicKey DiscoKey { get; init; }

    /// <summary><c>hwattestpub:</c> and 130 hex digits.</summary>
    public string? HardwareAttestationKey { get; init; }

    public ByteString HardwareAttestationKeySignature { get; init; }

    public DateTimeOffset? HardwareAttestationKeySignatureTimestamp { get; init; }

    /// <summary>True for the long poll.</summary>
    public bool Stream { get; init; }

    public Hostinfo? Hostinfo { get; init; }

    public string? MapSessionHandle { get; init; }

    public long MapSessionSeq { get; init; }

    /// <summary>Candidate UDP endpoints; null: none known yet.</summary>
    public WireList<IPEndPoint>? Endpoints { get; init; }

    /// <summary>Parallel to the endpoints, see <see cref="EndpointKinds"/>.</summary>
    public WireList<int>? EndpointTypes { get; init; }

    /// <summary>Base32 of the head of the Tailnet Lock chain.</summary>
    [JsonPropertyName("TKAHead")]
    public string? TkaHead { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>Without <see cref="Stream"/>: an update that is answered by an empty body.</summary>
    public bool OmitPeers { get; init; }

    public WireList<string>? DebugFlags { get; init; }

    public string? ConnectionHandleForTest { get; init; }
}
