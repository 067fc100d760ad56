using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Keys;

/// <summary>Identity of a relay (X25519). Its text is the 64 hex digits alone: the relay's HTTP header has no prefix.</summary>
[JsonConverter(typeof(KeyText.JsonConverter<DerpPublicKey>))]
public readonly record struct DerpPublicKey(KeyBytes Bytes) : IPublicKey<DerpPublicKey>
{
    public static string Prefix => "";

    public bool IsZero => Bytes.IsZero;

    public static DerpPublicKey FromBytes(KeyBytes bytes) => new(bytes);

    public static DerpPublicKey Parse(string text) => KeyText.Parse<DerpPublicKey>(text);

    public static bool TryParse(ReadOnlySpan<char> text, out DerpPublicKey key) => KeyText.TryParse(text, out key);

    public override string ToString() => KeyText.Format(this);
}
