using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Keys;

/// <summary>WireGuard identity of one node (X25519). Claimed, never proved: it is bound to a machine key at registration.</summary>
[JsonConverter(typeof(KeyText.JsonConverter<NodePublicKey>))]
public readonly record struct NodePublicKey(KeyBytes Bytes) : IPublicKey<NodePublicKey>
{
    public static string Prefix => "nodekey:";

    public bool IsZero => Bytes.IsZero;

    public static NodePublicKey FromBytes(KeyBytes bytes) => new(bytes);

    public static NodePublicKey Parse(string text) => KeyText.Parse<NodePublicKey>(text);

    public static bool TryParse(ReadOnlySpan<char> text, out NodePublicKey key) => KeyText.TryParse(text, out key);

    public override string ToString() => KeyText.Format(this);
}
