using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Keys;

/// <summary>Identity of an OS installation: the client's Noise static key (X25519). It proves who speaks on a connection.</summary>
[JsonConverter(typeof(KeyText.JsonConverter<MachinePublicKey>))]
public readonly record struct MachinePublicKey(KeyBytes Bytes) : IPublicKey<MachinePublicKey>
{
    public static string Prefix => "mkey:";

    public bool IsZero => Bytes.IsZero;

    public static MachinePublicKey FromBytes(KeyBytes bytes) => new(bytes);

    public static MachinePublicKey Parse(string text) => KeyText.Parse<MachinePublicKey>(text);

    public static bool TryParse(ReadOnlySpan<char> text, out MachinePublicKey key) => KeyText.TryParse(text, out key);

    public override string ToString() => KeyText.Format(this);
}
