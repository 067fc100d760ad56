namespace MeshControl.Protocol.Noise;

/// <summary>What a client finds at the start of the channel.</summary>
public enum EarlyPayloadStatus
{
    Done,

    /// <summary>Right so far, but not complete.</summary>
    NeedMore,

    /// <summary>The server sent none: its HTTP/2 bytes begin at once. A legal case.</summary>
    Absent,

    /// <summary>The length exceeds <see cref="EarlyPayload.MaxJsonLength"/>.</summary>
    TooLong,

    /// <summary>The body is not a JSON object with a readable challenge.</summary>
    NotJson,
}
