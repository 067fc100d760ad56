namespace MeshControl.Policy.Explain;

/// <summary>Kinds of addresses. A connection is of one of them at both ends.</summary>
[Flags]
internal enum AddressFamilies
{
    None = 0,
    IPv4 = 1,
    IPv6 = 2,
    Both = IPv4 | IPv6,
}
