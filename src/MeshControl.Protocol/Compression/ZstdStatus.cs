namespace MeshControl.Protocol.Compression;

/// <summary>How decompression ended.</summary>
public enum ZstdStatus
{
    Ok,

    /// <summary>Not a sequence of whole, intact frames.</summary>
    Invalid,

    /// <summary>The content exceeds the caller's limit.</summary>
    TooLarge,
}
