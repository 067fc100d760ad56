namespace MeshControl.ClientTests.Clients;

/// <summary>A node as <c>tailscale status --json</c> shows it.</summary>
/// <param name="Id">The stable id.</param>
/// <param name="DnsName">Full name with a dot at its end.</param>
/// <param name="Login">The owner's login name; null when the client was told none.</param>
/// <param name="Relay">The code of its home region; empty when unknown.</param>
internal sealed record PeerStatus(
    string Id, string DnsName, IReadOnlyList<string> Addresses, bool Online, bool Expired, string? Login, string Relay)
{
    /// <summary>Where the client sends packets directly; empty while they go through a relay, or nowhere.</summary>
    public string CurrentAddress { get; init; } = "";

    /// <summary>As the node calls itself.</summary>
    public string HostName { get; init; } = "";

    /// <summary>Null: its login never ends.</summary>
    public DateTimeOffset? KeyExpiry { get; init; }

    /// <summary>Of the client's own entry: what the server lets it do.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The first label of the full name.</summary>
    public string Name => DnsName.Split('.')[0];
}
