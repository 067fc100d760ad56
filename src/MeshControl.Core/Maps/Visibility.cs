using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Maps;

/// <summary>Who is shown whom. Without a policy everybody sees everybody.</summary>
internal static class Visibility
{
    public static bool Sees(int viewerIndex, NodeEntry entry) => entry.Index != viewerIndex && entry.IsAnnounced;
}
