namespace MeshControl.LoadTest.Scenarios;

/// <summary>What happens in a tailnet in the course of a day.</summary>
public enum MixedEventKind
{
    /// <summary>A node has another endpoint.</summary>
    Roam,

    /// <summary>A node has another home relay.</summary>
    Home,

    /// <summary>A node dials anew while the server still believes in its last connection.</summary>
    Reconnect,

    /// <summary>A node is away for a while, mostly for less time than its peers are told of.</summary>
    Sleep,

    /// <summary>A node's client is started again.</summary>
    Restart,

    /// <summary>A node logs in again and gets another key.</summary>
    Rotate,

    /// <summary>A node logs out, and in again with any of the keys.</summary>
    Logout,

    /// <summary>A node's host has another name.</summary>
    Rename,

    /// <summary>A node offers other routes.</summary>
    Routes,

    /// <summary>There is one more node.</summary>
    Join,

    /// <summary>Another policy is set.</summary>
    Policy,

    /// <summary>An administrator does something to a node.</summary>
    Administer,
}
