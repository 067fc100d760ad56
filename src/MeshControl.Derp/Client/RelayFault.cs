namespace MeshControl.Derp.Client;

/// <summary>At what a connection to a relay failed: each needs another remedy.</summary>
public enum RelayFault
{
    /// <summary>The name has no address.</summary>
    NameUnknown,

    /// <summary>The machine is there, but nobody listens on the port.</summary>
    Refused,

    /// <summary>No way leads there.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>Somebody answers, but not with TLS.</summary>
    Tls,

    /// <summary>The certificate is not one that a client would accept.</summary>
    Certificate,

    /// <summary>A web server, but no relay.</summary>
    NotARelay,

    /// <summary>A relay that does not follow the protocol.</summary>
    Protocol,

    /// <summary>The relay hung up when it knew who asks.</summary>
    NotAdmitted,

    /// <summary>The connection ended.</summary>
    Disconnected,
}
