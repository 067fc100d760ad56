using MeshControl.Protocol.Control;
using MeshControl.Protocol.Memory;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// The members of a message as text. A message is a record that is serialised, with lists of pieces put in that were serialised
/// before; so each member is written by the serialiser, wherever it is kept.
/// </summary>
internal static class MapMembers
{
    /// <summary>Writes a message up to its closing brace.</summary>
    /// <returns>Whether it has any member, so that the next one needs a comma.</returns>
    public static bool Open(PooledBuffer text, MapResponse message)
    {
        ControlJson.Serialize(text, message);
        text.Truncate(text.Length - 1);
        return text.Written[^1] != (byte)'{';
    }

    /// <summary>What stands between the braces of a message, to be kept.</summary>
    public static byte[] Of(MapResponse message) => ControlJson.SerializeToUtf8Bytes(message)[1..^1];
}
