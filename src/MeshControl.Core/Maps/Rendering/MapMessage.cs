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

    /// <summary>The message as text and, where that is worth it, as frames that were compressed for other viewers.</summary>
    /// <param name="body">An empty one.</param>
    public abstract void WriteTo(MapBody body);

    /// <summary>The same as a value, made by serialising nothing and copying nothing: what the text is compared with.</summary>
    internal abstract MapResponse ToResponse();
}
