namespace MeshControl.Server.Configuration.Options;

/// <summary>A part of the server whose log level can be set apart.</summary>
/// <param name="Name">As it is written in the configuration.</param>
/// <param name="Sources">The beginnings of the source contexts that belong to it, up to a dot.</param>
/// <param name="Meaning">For the documentation.</param>
public sealed record LogArea(string Name, IReadOnlyList<string> Sources, string Meaning)
{
    /// <summary>All there are, by name.</summary>
    public static IReadOnlyList<LogArea> All { get; } =
    [
        new("admin", ["MeshControl.Server.Admin", "MeshControl.Server.Rpc"], "calls of the administration API"),
        new("core", ["MeshControl.Core"], "what the server knows: tailnets, their writers, the sweep"),
        new("database", ["MeshControl.Store"], "the database and its schema"),
        new("http", ["MeshControl.Server.PublicEndpoints", "Microsoft.AspNetCore"], "pages outside of channels, and the web server below everything"),
        new("listeners", ["MeshControl.Server.Listeners"], "ports, TLS, proxies"),
        new("machine", ["MeshControl.Server.Machine"], "requests inside of channels: registrations and maps"),
        new("noise", ["MeshControl.Server.Noise"], "handshakes and channels"),
        new("polling", ["MeshControl.Server.Polling"], "map streams"),
        new("server", ["MeshControl.Server.MeshServer"], "start, stop, configuration"),
    ];
}
