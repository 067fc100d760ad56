using MeshControl.Core.Model;
using MeshControl.Core.Storage;

namespace MeshControl.Core.Tests.Support;

/// <summary>Tailnets to begin with.</summary>
internal static class Seeds
{
    /// <summary>Users 1 and 2, and nodes 1 to <paramref name="nodes"/> of user 1.</summary>
    public static StoredTailnet WithNodes(int nodes) => new(new TailnetId(1), "default", 0)
    {
        Users = [Make.User(1), Make.User(2)],
        Nodes = [.. Enumerable.Range(1, nodes).Select(Make.Node)],
    };
}
