using System.Net;

namespace MeshControl.Server.Configuration.Options;

/// <summary>Where to listen.</summary>
/// <param name="Address"><see cref="IPAddress.IPv6Any"/> means every address of both families.</param>
/// <param name="Port">0 lets the system choose.</param>
public sealed record ListenAddress(IPAddress Address, int Port)
{
    public override string ToString() => new IPEndPoint(Address, Port).ToString();
}
