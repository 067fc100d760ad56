namespace MeshControl.Server.Listeners;

/// <summary>What a listener is for. Routes exist once for the whole server, so whoever guards one asks where a request came in.</summary>
internal enum ListenerKind
{
    /// <summary>For clients, from anywhere.</summary>
    Public,

    /// <summary>The Unix socket: whoever the file system lets connect may administer.</summary>
    AdminSocket,

    /// <summary>For what watches the server; no client comes here.</summary>
    Metrics,

    /// <summary>For clients, from anywhere, that want to know whether a captive portal is in the way.</summary>
    CaptivePortal,

    /// <summary>For administrators, from anywhere; each call needs an API key.</summary>
    RemoteAdmin,

    /// <summary>Inside a channel; <see cref="Noise.INoisePeer"/> says whose.</summary>
    Channel,
}
