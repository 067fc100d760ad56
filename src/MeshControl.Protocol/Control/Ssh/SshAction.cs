using System.Net;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>
/// What becomes of a connection: accept, reject, or ask <see cref="HoldAndDelegate"/>. Also the answer to that question;
/// refuse by <see cref="Reject"/>, not by a status.
/// </summary>
public sealed record SshAction : IControlMessage
{
    /// <summary>Shown to the user.</summary>
    [JsonPropertyName("message")]
    public string? Message { get; init; }

    [JsonPropertyName("reject")]
    public bool Reject { get; init; }

    [JsonPropertyName("accept")]
    public bool Accept { get; init; }

    /// <summary>Zero: no limit. Nanoseconds on the wire.</summary>
    [JsonPropertyName("sessionDuration")]
    public TimeSpan SessionDuration { get; init; }

    [JsonPropertyName("allowAgentForwarding")]
    public bool AllowAgentForwarding { get; init; }

    /// <summary>URL with variables such as <c>$SRC_NODE_ID</c>; the answer is another action.</summary>
    [JsonPropertyName("holdAndDelegate")]
    public string? HoldAndDelegate { get; init; }

    [JsonPropertyName("allowLocalPortForwarding")]
    public bool AllowLocalPortForwarding { get; init; }

    [JsonPropertyName("allowRemotePortForwarding")]
    public bool AllowRemotePortForwarding { get; init; }

    [JsonPropertyName("recorders")]
    public WireList<IPEndPoint>? Recorders { get; init; }

    [JsonPropertyName("onRecordingFailure")]
    public SshRecorderFailureAction? OnRecordingFailure { get; init; }
}
