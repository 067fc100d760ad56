using System.Text.Json.Serialization;
using MeshControl.Protocol.Control.Json;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary>
/// <c>POST /machine/register</c>: a client asks for its node key to be accepted, waits for a login, or ends one.
/// On the wire always: version, the three keys (zero ones too), expiry, followup, host information, node key signature.
/// </summary>
public sealed record RegisterRequest : IControlMessage
{
    /// <summary>Capability version of the client.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Version { get; init; }

    /// <summary>The key to be registered, or the current one. Claimed, never proved.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NodePublicKey NodeKey { get; init; }

    /// <summary>The key before the last rotation, zero if there was none; repeated in every later request of the login.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NodePublicKey OldNodeKey { get; init; }

    [JsonPropertyName("NLKey")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public NetworkLockPublicKey NlKey { get; init; }

    public RegisterAuth? Auth { get; init; }

    /// <summary>Null: no wish. In the past: log out. In the future: expire then, if that is sooner.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    [JsonConverter(typeof(AlwaysTimestampConverter))]
    public DateTimeOffset? Expiry { get; init; }

    /// <summary>The login page that the client waits for; empty if it does not wait.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Followup { get; init => field = value ?? ""; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Hostinfo? Hostinfo { get; init; }

    public bool Ephemeral { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ByteString NodeKeySignature { get; init; }

    /// <summary><c>signature-none</c>, <c>signature-v1</c> or <c>signature-v2</c>: how a device certificate signs the request.</summary>
    public string? SignatureType { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>X.509 certificate in DER.</summary>
    public ByteString DeviceCert { get; init; }

    public ByteString Signature { get; init; }

    /// <summary>Preferred tailnet; with the prefix <c>required:</c> no other one will do.</summary>
    public string? Tailnet { get; init; }
}
