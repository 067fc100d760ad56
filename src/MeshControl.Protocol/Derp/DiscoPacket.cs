namespace MeshControl.Protocol.Derp;

/// <summary>
/// Tells the messages with which clients find direct paths from all other packets. A relay carries both, and treats disco messages with
/// more care: without them no direct path is found (<c>disco/disco.go</c>).
/// </summary>
public static class DiscoPacket
{
    /// <summary>Magic (6), the sender's disco key (32), a nonce (24): nothing shorter is one.</summary>
    public const int MinLength = 62;

    private static ReadOnlySpan<byte> Magic => [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac];

    public static bool LooksLike(ReadOnlySpan<byte> packet) => packet.Length >= MinLength && packet.StartsWith(Magic);
}
