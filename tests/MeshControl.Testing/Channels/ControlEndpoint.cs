using System.Net;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Channels;

/// <summary>Where a simulated client finds its server, and how it speaks to it.</summary>
public sealed record ControlEndpoint
{
    /// <summary>The control URL without a path, such as <c>http://127.0.0.1:8080</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>Capability version, stated in the handshake and in requests.</summary>
    public int Version { get; init; } = CapabilityVersions.Latest;

    /// <summary>The way of clients in browsers.</summary>
    public bool UsesWebSocket { get; init; }

    /// <summary>For servers with a self-signed certificate. Stock clients ignore certificates on the channel, but not elsewhere.</summary>
    public bool AcceptsAnyCertificate { get; init; }

    /// <summary>A header that a proxy on the way adds to the upgrade, as <c>Name: value</c>; empty for none.</summary>
    public string ProxyHeader { get; init; } = "";

    /// <summary>The address to dial from; null leaves that to the system. Many clients of one machine need more than one.</summary>
    public IPAddress? Source { get; init; }

    public bool IsTls => Url.Scheme == Uri.UriSchemeHttps;
}
