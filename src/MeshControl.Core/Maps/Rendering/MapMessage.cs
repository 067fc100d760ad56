using System.Buffers;
using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// One message for one viewer, decided but not written yet. What other viewers are told too is copied from what was rendered for the
/// first of them. It refers to a snapshot: write it at once, and let it go.
/// </summary>
public abstract class MapMessage
{
    private protected MapMessage()
    {
    }

    /// <summary>Writes the message with its length in front. All buffers but those of the output are back when it returns.</summary>
    /// <param name="frames">What compresses.</param>
    /// <param name="output">Receives the bytes on the wire.</param>
    /// <param name="compress">Whether the client asked for zstd.</param>
    public virtual void WriteTo(MapFrameWriter frames, IBufferWriter<byte> output, bool compress)
    {
        using var body = frames.Begin(compress);
        WriteTo(body);
        body.WriteTo(output);
    }

    /// <summary>The same as a value, made by serialising nothing and copying nothing: what the text is compared with.</summary>
    internal abstract MapResponse ToResponse();

    /// <summary>The message as text and, where that is worth it, as frames that were compressed for other viewers.</summary>
    /// <param name="body">An empty one.</param>
    private protected abstract void WriteTo(MapBody body);
}
