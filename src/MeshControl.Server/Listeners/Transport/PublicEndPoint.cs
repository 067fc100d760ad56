using System.Net;

namespace MeshControl.Server.Listeners.Transport;

/// <summary>An address of a public listener; by its type the web server finds <see cref="PublicListenerFactory"/>.</summary>
internal sealed class PublicEndPoint(IPAddress address, int port) : IPEndPoint(address, port);
