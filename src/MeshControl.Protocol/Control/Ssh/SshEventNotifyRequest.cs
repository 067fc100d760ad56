using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary>Posted to <see cref="SshRecorderFailureAction.NotifyUrl"/>; the client expects status 201.</summary>
public sealed record SshEventNotifyRequest : IControlMessage
{
    /// <summary>1 rejected, 2 terminated, 3 failed.</summary>
    public int EventType { get; init; }

    [JsonPropertyName("ConnectionID")]
    public string? ConnectionId { get; init; }

    public int CapVersion { get; init; }

    public NodePublicKey NodeKey { get; init; }

    public long SrcNode { get; init; }

    [JsonPropertyName("SSHUser")]
    public string? SshUser { get; init; }

    public string? LocalUser { get; init; }

    public WireList<SshRecordingAttempt>? RecordingAttempts { get; init; }
}
