using MeshControl.Protocol.Control;

namespace MeshControl.LoadTest.Arguments;

/// <summary>What to measure, and how. Immutable.</summary>
public sealed record LoadOptions
{
    /// <summary>The control URL, without a path.</summary>
    public required Uri LoginServer { get; init; }

    /// <summary>Reusable pre-auth keys. Nodes take them in turn; those with the same one are a group.</summary>
    public required IReadOnlyList<string> AuthKeys { get; init; }

    public int Nodes { get; init; } = 100;

    /// <summary>Names of scenarios, in the order of the user.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [LoadArguments.AllScenarios];

    /// <summary>Nodes that join, or connect again, at the same time.</summary>
    public int Concurrency { get; init; } = 50;

    /// <summary>Nodes that connect again at the same time in a storm; null: as many as join at the same time.</summary>
    public int? StormConcurrency { get; init; }

    /// <summary>Peers that each node must come to know; null: those that it is to see.</summary>
    public int? ExpectedPeers { get; init; }

    /// <summary>Each node is to see those of its own group, instead of all.</summary>
    public bool OwnOnly { get; init; }

    /// <summary>Endpoint changes and late joiners of the scenarios that have them.</summary>
    public int Changes { get; init; } = 20;

    /// <summary>Policies that are set one after another.</summary>
    public int Policies { get; init; } = 5;

    /// <summary>Events a second of the scenarios that have a pace; null: each scenario's own.</summary>
    public int? Rate { get; init; }

    /// <summary>How long the scenarios last that have a length.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where everything random comes from.</summary>
    public int Seed { get; init; }

    /// <summary>Sets a policy, whose text it is given; null: this cannot be done.</summary>
    public Func<string, CancellationToken, Task>? SetPolicy { get; init; }

    /// <summary>Does something to a node as an administrator. It is given the node's ID and a random number; null: this cannot be done.</summary>
    public Func<long, int, CancellationToken, Task>? Administer { get; init; }

    /// <summary>Done again and again in the middle of a storm, to see how long it takes; null: nothing.</summary>
    public Func<CancellationToken, Task>? During { get; init; }

    /// <summary>Nodes that the oracle looks at, chosen at random; null: all.</summary>
    public int? Sample { get; init; }

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

    /// <summary>The group of a node, counted from 0.</summary>
    public int GroupOf(int number) => number % AuthKeys.Count;

    /// <summary>Peers that a node must come to know before it counts as complete.</summary>
    public int PeersOf(int number) =>
        ExpectedPeers ?? (OwnOnly ? ((Nodes - 1 - GroupOf(number)) / AuthKeys.Count) + (number < Nodes ? 0 : 1) : Nodes - (number < Nodes ? 1 : 0));
}
