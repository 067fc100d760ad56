using System.Net;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;

namespace MeshControl.Testing.Nodes;

/// <summary>How a simulated node is set up. Immutable.</summary>
public sealed record SimulatedNodeOptions
{
    public required ControlEndpoint Endpoint { get; init; }

    public required string Hostname { get; init; }

    /// <summary>Sent with registrations until the first success; null for a login by web page.</summary>
    public string? AuthKey { get; init; }

    /// <summary>Asks for a node that is forgotten when it leaves.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>Home relay that the network check after the first map finds; 0: there is no such check.</summary>
    public int HomeDerp { get; init; } = 1;

    /// <summary>What that network check finds besides.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; init; } = [];

    /// <summary>Change of what the node says of its host.</summary>
    public Func<NodeProfile, NodeProfile>? EditProfile { get; init; }

    /// <summary>Called with the page on which a person is to log in.</summary>
    public Func<string, Task>? VisitLoginPage { get; init; }

    /// <summary>Keeps every message of map streams. Off for nodes by the thousand.</summary>
    public bool RecordsMessages { get; init; } = true;

    /// <summary>
    /// Keeps the peers in the netmap. Off where a thousand nodes would keep a thousand peers each; the messages tell of them all the same.
    /// </summary>
    public bool KeepsPeers { get; init; } = true;

    /// <summary>Shares what the nodes of a crowd are told alike; such nodes keep no message's bytes. Null: the node stands alone.</summary>
    public NetmapPool? Pool { get; init; }

    /// <summary>Change of what a message says before the node believes it: how a test gives a node a wrong belief.</summary>
    public Func<MapResponse, MapResponse>? EditMessage { get; init; }

    /// <summary>Called with every message after it was applied; for measurements.</summary>
    public Action<ReceivedMessage>? MessageReceived { get; init; }

    /// <summary>The node's clock: watchdog, waits after failures, time stamps. Waits of tests are by real time all the same.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
