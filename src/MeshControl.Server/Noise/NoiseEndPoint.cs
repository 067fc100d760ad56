using System.Net;

namespace MeshControl.Server.Noise;

/// <summary>Where Kestrel "listens" for the connections inside channels; no socket is behind it.</summary>
internal sealed class NoiseEndPoint : EndPoint
{
    public override string ToString() => "noise";
}
