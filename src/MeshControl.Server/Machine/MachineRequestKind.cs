namespace MeshControl.Server.Machine;

/// <summary>What a request inside a channel wants, for statistics: never a text that a client chose.</summary>
internal enum MachineRequestKind
{
    /// <summary>Nothing that the server has.</summary>
    Other,

    Register,

    /// <summary>A registration that waits for somebody to approve a login: ends when that is decided.</summary>
    RegisterWait,

    /// <summary>A map request that was not understood, or not allowed.</summary>
    Map,

    /// <summary>A stream of maps: ends when the client leaves.</summary>
    MapStream,

    /// <summary>One whole map.</summary>
    MapOnce,

    /// <summary>What changed at the client's side.</summary>
    MapUpdate,

    /// <summary>A destination asks whether to let somebody in by SSH.</summary>
    SshAction,

    /// <summary>The same, waiting for somebody to approve a check: ends when that is decided.</summary>
    SshActionWait,

    UpdateHealth,

    Ping,

    WhoAmI,
}
