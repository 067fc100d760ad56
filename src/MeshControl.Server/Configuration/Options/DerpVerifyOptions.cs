using System.Net;

namespace MeshControl.Server.Configuration.Options;

/// <summary>Who may ask whether a key is a node's: relays of others do, before they let a client in.</summary>
public sealed record DerpVerifyOptions
{
    /// <summary>The last part of the path, where not everybody is to know it; null: there is none.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Where relays ask from; empty: anywhere.</summary>
    public IReadOnlyList<IPNetwork> Sources { get; init; } = [];
}
