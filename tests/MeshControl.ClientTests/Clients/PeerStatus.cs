namespace MeshControl.ClientTests.Clients;

/// <summary>A node as <c>tailscale status --json</c> shows it.</summary>
/// <param name="Id">The stable id.</param>
/// <param name="DnsName">Full name with a dot at its end.</param>
internal sealed record PeerStatus(string Id, string DnsName, IReadOnlyList<string> Addresses, bool Online, bool Expired)
{
    /// <summary>The first label of the full name.</summary>
    public string Name => DnsName.Split('.')[0];
}
