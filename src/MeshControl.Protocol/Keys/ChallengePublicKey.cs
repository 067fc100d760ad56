using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Keys;

/// <summary>A fresh key of the server in the early payload of a Noise channel (X25519).</summary>
[JsonConverter(typeof(KeyText.JsonConverter<ChallengePublicKey>))]
public readonly record struct ChallengePublicKey(KeyBytes Bytes) : IPublicKey<ChallengePublicKey>
{
    public static string Prefix => "chalpub:";

    public bool IsZero => Bytes.IsZero;

    public static ChallengePublicKey FromBytes(KeyBytes bytes) => new(bytes);

    public static ChallengePublicKey Parse(string text) => KeyText.Parse<ChallengePublicKey>(text);

    public static bool TryParse(ReadOnlySpan<char> text, out ChallengePublicKey key) => KeyText.TryParse(text, out key);

    public override string ToString() => KeyText.Format(this);
}
