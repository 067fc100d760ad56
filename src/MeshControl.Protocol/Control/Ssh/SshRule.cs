using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control;

/// <summary>One rule; the first that matches decides.</summary>
public sealed record SshRule
{
    [JsonPropertyName("ruleExpires")]
    public DateTimeOffset? RuleExpires { get; init; }

    [JsonPropertyName("principals")]
    public WireList<SshPrincipal>? Principals { get; init; }

    /// <summary>Asked user to local user; <c>*</c> is any other, <c>=</c> the same name, an empty one no match.</summary>
    [JsonPropertyName("sshUsers")]
    public WireMap<string, string>? SshUsers { get; init; }

    /// <summary>Null denies.</summary>
    [JsonPropertyName("action")]
    public SshAction? Action { get; init; }

    [JsonPropertyName("acceptEnv")]
    public WireList<string>? AcceptEnv { get; init; }
}
