using MeshControl.Protocol.Derp;

namespace MeshControl.Derp.Client;

/// <summary>A frame of a relay.</summary>
/// <param name="Type">Known or not.</param>
/// <param name="Payload">Valid until the next frame is read.</param>
public readonly record struct RelayFrame(DerpFrameType Type, ReadOnlyMemory<byte> Payload);
