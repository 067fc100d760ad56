using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Keys;

/// <summary>Path discovery key (X25519) of one run of a client.</summary>
[JsonConverter(typeof(KeyText.JsonConverter<DiscoPublicKey>))]
public readonly record struct DiscoPublicKey(KeyBytes Bytes) : IPublicKey<DiscoPublicKey>
{
    public static string Prefix => "discokey:";

    public bool IsZero => Bytes.IsZero;

    public static DiscoPublicKey FromBytes(KeyBytes bytes) => new(bytes);

    public static DiscoPublicKey Parse(string text) => KeyText.Parse<DiscoPublicKey>(text);

    public static bool TryParse(ReadOnlySpan<char> text, out DiscoPublicKey key) => KeyText.TryParse(text, out key);

    public override string ToString() => KeyText.Format(this);
}
