using MeshControl.Protocol.Compression;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>A message that nobody else is told any part of.</summary>
internal sealed class OwnMessage(MapResponse message) : MapMessage
{
    internal override MapResponse ToResponse() => message;

    private protected override void WriteTo(MapBody body) => ControlJson.Serialize(body.Text, message);
}
