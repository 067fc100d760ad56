using System.Text.Json.Serialization;

namespace MeshControl.ClientTests.Servers;

/// <summary>A line of <c>meshctl nodes list -o json</c>.</summary>
internal sealed record NodeRow
{
    [JsonPropertyName("id")]
    public required long Id { get; init; }

    [JsonPropertyName("machine_key")]
    public required string MachineKey { get; init; }

    [JsonPropertyName("node_key")]
    public required string NodeKey { get; init; }

    /// <summary>As the client sent it.</summary>
    [JsonPropertyName("name")]
    public required string Hostname { get; init; }

    [JsonPropertyName("given_name")]
    public required string GivenName { get; init; }

    [JsonPropertyName("ip_addresses")]
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Null for a node with tags.</summary>
    [JsonPropertyName("user")]
    public required OwnerRow? User { get; init; }

    [JsonPropertyName("tags")]
    public required IReadOnlyList<string> Tags { get; init; }

    [JsonPropertyName("needs_approval")]
    public required bool NeedsApproval { get; init; }

    [JsonPropertyName("online")]
    public required bool Online { get; init; }
}
