using System.Text;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Http;

/// <summary>What HTTP has to do with a relay.</summary>
internal static class RelayProtocol
{
    public const string Path = "/derp";

    public const string Upgrade = "Upgrade";

    public const string UpgradeToken = "DERP";

    /// <summary>The subprotocol of clients that can speak by WebSocket only.</summary>
    public const string WebSocketProtocol = "derp";

    public const string FastStart = "Derp-Fast-Start";

    /// <summary>Names the node of the region that the client would rather be connected to.</summary>
    public const string IdealNode = "Ideal-Node";

    public const string Connection = "Connection";

    public const string Host = "Host";

    public const string ContentLength = "Content-Length";

    public const string TransferEncoding = "Transfer-Encoding";

    public const string VersionHeader = "Derp-Version";

    public const string PublicKeyHeader = "Derp-Public-Key";

    public const string Version = "2";

    /// <summary>The answer to a request for a connection, when there is to be one.</summary>
    public static byte[] SwitchingProtocols(DerpPublicKey key) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 101 Switching Protocols\r\n{Upgrade}: {UpgradeToken}\r\nConnection: Upgrade\r\n"
        + $"{VersionHeader}: {Version}\r\n{PublicKeyHeader}: {key}\r\n\r\n");
}
