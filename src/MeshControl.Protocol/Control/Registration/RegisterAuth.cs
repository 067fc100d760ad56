namespace MeshControl.Protocol.Control;

/// <summary>How a client means to log in without a person. Not set properties are left out.</summary>
public sealed record RegisterAuth
{
    /// <summary>Opaque to the client, which passes it on as it was typed.</summary>
    public string? AuthKey { get; init; }

    /// <summary>Old Android clients only.</summary>
    public RawJson Oauth2Token { get; init; }

    /// <summary>Leaves the key out, so that a logged request gives nothing away.</summary>
    public override string ToString() => $"{nameof(RegisterAuth)} {{ {nameof(AuthKey)} = {(AuthKey is null ? "none" : "(secret)")} }}";
}
