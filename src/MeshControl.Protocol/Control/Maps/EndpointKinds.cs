namespace MeshControl.Protocol.Control;

/// <summary>Numbers in <see cref="MapRequest.EndpointTypes"/>: how a client came to know the endpoint.</summary>
public static class EndpointKinds
{
    public const int Unknown = 0;
    public const int Local = 1;
    public const int Stun = 2;
    public const int PortMapped = 3;

    /// <summary>Hard NAT: the address STUN saw, with the fixed local port.</summary>
    public const int Stun4LocalPort = 4;

    public const int Explicit = 5;
}
