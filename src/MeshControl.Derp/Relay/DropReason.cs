namespace MeshControl.Derp.Relay;

/// <summary>Why a packet did not reach its destination's connection.</summary>
internal enum DropReason
{
    /// <summary>Nobody with this key is connected, here or at a mesh peer.</summary>
    UnknownDestination,

    /// <summary>A mesh peer forwarded it for somebody who is not here; it is not forwarded again.</summary>
    UnknownDestinationOnForward,

    /// <summary>The destination's connection ended before it was written.</summary>
    GoneDisconnected,

    /// <summary>The oldest in a full queue, pushed out by a newer one.</summary>
    QueueHead,

    /// <summary>The connection broke while it was written.</summary>
    WriteError,
}
