namespace MeshControl.Protocol.Control;

/// <summary>One recorder that was tried.</summary>
public sealed record SshRecordingAttempt
{
    /// <summary>Address and port.</summary>
    public string? Recorder { get; init; }

    public string? FailureMessage { get; init; }
}
