namespace MeshControl.Protocol.Compression;

/// <summary>What the start of a map stream's buffer holds.</summary>
public enum MapFrameStatus
{
    Done,

    /// <summary>Right so far, but not complete.</summary>
    NeedMore,

    /// <summary>The length exceeds the caller's limit.</summary>
    TooLong,

    /// <summary>The length is zero; even the smallest message has a body.</summary>
    Empty,
}
