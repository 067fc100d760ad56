using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>
/// Answer to <see cref="RegisterRequest"/>, with status 200 even for failures: only then the user sees <see cref="Error"/>.
/// All properties are always on the wire. The client looks at them in the order error, signature, expired, login page.
/// </summary>
public sealed record RegisterResponse : IControlMessage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public WireUser User { get; init => field = value ?? new(); } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public WireLogin Login { get; init => field = value ?? new(); } = new();

    /// <summary>The client makes a new node key and registers again at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool NodeKeyExpired { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool MachineAuthorized { get; init; }

    /// <summary>Not empty: the login waits for this page to be visited.</summary>
    [JsonPropertyName("AuthURL")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string AuthUrl { get; init => field = value ?? ""; } = "";

    /// <summary>Not empty: the client is to sign its new key with it and register again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ByteString NodeKeySignature { get; init; }

    /// <summary>Not empty: shown to the user as it is, all else is ignored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string Error { get; init => field = value ?? ""; } = "";
}
