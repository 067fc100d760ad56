using System.Text.Json.Serialization;

namespace MeshControl.ClientTests.Servers;

/// <summary>A node's owner in <c>meshctl nodes list -o json</c>.</summary>
internal sealed record OwnerRow([property: JsonPropertyName("name")] string Name);
