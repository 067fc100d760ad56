using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>What to do when a session cannot be recorded.</summary>
public sealed record SshRecorderFailureAction
{
    public string? RejectSessionWithMessage { get; init; }

    public string? TerminateSessionWithMessage { get; init; }

    [JsonPropertyName("NotifyURL")]
    public string? NotifyUrl { get; init; }
}
