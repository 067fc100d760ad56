namespace MeshControl.Protocol.Compression;

/// <summary>What a frame says about its content.</summary>
[Flags]
public enum ZstdFrameOptions
{
    None = 0,

    /// <summary>Four bytes at the end that a decoder checks.</summary>
    Checksum = 1,

    /// <summary>
    /// The content's length in the header. Right for a message of one frame; wrong for frames that are concatenated,
    /// because the client's decoder then reallocates for every frame.
    /// </summary>
    ContentSize = 2,

    /// <summary>For a message of its own.</summary>
    WholeMessage = Checksum | ContentSize,

    /// <summary>For a piece of messages, compressed once and sent to many.</summary>
    SharedPiece = Checksum,
}
