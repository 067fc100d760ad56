using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Keys;

/// <summary>Tailnet Lock key of a login profile (Ed25519).</summary>
[JsonConverter(typeof(KeyText.JsonConverter<NetworkLockPublicKey>))]
public readonly record struct NetworkLockPublicKey(KeyBytes Bytes) : IPublicKey<NetworkLockPublicKey>
{
    public static string Prefix => "nlpub:";

    public static ReadOnlySpan<string> AcceptedPrefixes => (string[])["tlpub:"];

    public bool IsZero => Bytes.IsZero;

    public static NetworkLockPublicKey FromBytes(KeyBytes bytes) => new(bytes);

    public static NetworkLockPublicKey Parse(string text) => KeyText.Parse<NetworkLockPublicKey>(text);

    public static bool TryParse(ReadOnlySpan<char> text, out NetworkLockPublicKey key) => KeyText.TryParse(text, out key);

    public override string ToString() => KeyText.Format(this);
}
