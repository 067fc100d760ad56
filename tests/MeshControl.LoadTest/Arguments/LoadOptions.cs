using MeshControl.Protocol.Control;

namespace MeshControl.LoadTest.Arguments;

/// <summary>What to measure, and how. Immutable.</summary>
public sealed record LoadOptions
{
    /// <summary>The control URL, without a path.</summary>
    public required Uri LoginServer { get; init; }

    /// <summary>A reusable pre-auth key.</summary>
    public required string AuthKey { get; init; }

    public int Nodes { get; init; } = 100;

    /// <summary>Names of scenarios, in the order of the user.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [LoadArguments.AllScenarios];

    /// <summary>Nodes that join, or connect again, at the same time.</summary>
    public int Concurrency { get; init; } = 50;

    /// <summary>Peers that each node must come to know.</summary>
    public int ExpectedPeers { get; init; }

    /// <summary>Endpoint changes of the scenario that has them.</summary>
    public int Changes { get; init; } = 20;

    /// <summary>A scenario that takes longer is reported as not done.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Beginning of the nodes' host names.</summary>
    public string Prefix { get; init; } = "load";

    /// <summary>Capability version that the nodes state.</summary>
    public int Version { get; init; } = CapabilityVersions.Latest;

    /// <summary>The server's process on this machine, if it is to be measured.</summary>
    public int? ServerPid { get; init; }

    /// <summary>Where the figures go as JSON.</summary>
    public string? JsonFile { get; init; }

    /// <summary>How long the oracle lets a node that differs hear what was under way, each of three times.</summary>
    public TimeSpan OraclePatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>By the node's number, a change of what messages say before that node believes them; for tests of the oracle.</summary>
    public Func<int, Func<MapResponse, MapResponse>?>? EditMessages { get; init; }
}
