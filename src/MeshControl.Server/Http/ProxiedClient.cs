using System.Net;

namespace MeshControl.Server;

/// <summary>Tells that a request came through a trusted proxy. A request feature.</summary>
/// <param name="Proxy">The peer of the connection.</param>
internal sealed record ProxiedClient(IPAddress Proxy);
