using System.Text.Json.Serialization;

namespace MeshControl.ClientTests.Servers;

/// <summary>What a line of <c>meshctl auth list -o json</c> has besides when it is about a login by SSH.</summary>
internal sealed record SshCheckRow
{
    [JsonPropertyName("source_name")]
    public required string Source { get; init; }

    [JsonPropertyName("destination_name")]
    public required string Destination { get; init; }

    [JsonPropertyName("local_user")]
    public required string User { get; init; }
}
