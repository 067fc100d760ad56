namespace MeshControl.Policy.Tests.Conformance;

/// <summary>A node as it stands in a map, its own or a peer's; sets as sorted text.</summary>
internal sealed record NodeView(string Name, string Addresses, string AllowedIps, string PrimaryRoutes, string Attributes);
