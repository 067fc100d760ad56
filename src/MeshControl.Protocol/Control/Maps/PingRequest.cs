using System.Net;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>
/// Asks the client to report at <see cref="Url"/>. A URL equal to the last one is ignored.
/// The URL is always on the wire.
/// </summary>
public sealed record PingRequest
{
    [JsonPropertyName("URL")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Url { get; init => field = value ?? ""; } = "";

    /// <summary>Answer on the Noise channel.</summary>
    [JsonPropertyName("URLIsNoise")]
    public bool UrlIsNoise { get; init; }

    public bool Log { get; init; }

    /// <summary>Null: <c>HEAD</c> of the URL. <c>c2n</c>: run <see cref="Payload"/>. Else a list such as <c>disco,TSMP</c>.</summary>
    public string? Types { get; init; }

    /// <summary>Target of the typed pings.</summary>
    [JsonPropertyName("IP")]
    public IPAddress? Ip { get; init; }

    /// <summary>A raw HTTP/1 request for the client's own handler.</summary>
    public ByteString Payload { get; init; }
}
