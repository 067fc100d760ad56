using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Servers;

namespace MeshControl.ClientTests.Networks;

/// <summary>What a <see cref="MeshNetwork"/> is to be like.</summary>
internal sealed record NetworkPlan
{
    public DatabaseKind Database { get; init; } = DatabaseKind.Sqlite;

    /// <summary>Where clients reach the server, which listens there.</summary>
    public Uri Url { get; init; } = new($"http://{HostLab.ServerAddress}:8080");

    /// <summary>
    /// The part of the server's configuration about relays. Null: those of the clients' own library, which is started then. Empty: the
    /// server's own relay, as it is without any configuration.
    /// </summary>
    public string? Relays { get; init; }

    /// <summary>Whether the relays are <see cref="MeshedRelays"/>, which then replace <see cref="Relays"/>.</summary>
    public bool HasMeshedRelays { get; init; }

    /// <summary>A policy, which the server takes from a file then. Null: there is none, until one is set.</summary>
    public string? Policy { get; init; }

    /// <summary>Whether clients reach the server's host alone, and not each other.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>Keys of the server's configuration besides, as environment variables.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];

    /// <summary>What the environment of the clients has besides.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
