namespace MeshControl.ClientTests.Clients;

/// <summary>A node as <c>tailscale debug netmap</c> shows it: what the server sent.</summary>
/// <param name="Name">Full name with a dot at its end.</param>
/// <param name="Addresses">Without prefix lengths.</param>
internal sealed record NetmapNode(long Id, string Name, string Key, IReadOnlyList<string> Addresses, bool? Online)
{
    public IReadOnlyList<string> Tags { get; init; } = [];
}
