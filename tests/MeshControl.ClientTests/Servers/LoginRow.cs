using System.Text.Json.Serialization;

namespace MeshControl.ClientTests.Servers;

/// <summary>A line of <c>meshctl auth list -o json</c>.</summary>
internal sealed record LoginRow
{
    [JsonPropertyName("auth_id")]
    public required string AuthId { get; init; }

    /// <summary>As the client sent it.</summary>
    [JsonPropertyName("name")]
    public required string Hostname { get; init; }

    /// <summary>Those that it asks for.</summary>
    [JsonPropertyName("tags")]
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Whose the device was so far; null when nobody knows.</summary>
    [JsonPropertyName("user")]
    public required OwnerRow? User { get; init; }

    /// <summary>Null for a device that asks to be let in.</summary>
    [JsonPropertyName("ssh_check")]
    public required SshCheckRow? SshCheck { get; init; }
}
