using System.Net;

namespace MeshControl.Core.Addresses;

/// <summary>A node's addresses; null in a family that the tailnet does not use.</summary>
public readonly record struct NodeAddresses(IPAddress? V4, IPAddress? V6);
