namespace MeshControl.Derp.Stun;

/// <summary>What became of a datagram.</summary>
internal enum StunOutcome
{
    /// <summary>It was answered.</summary>
    Success,

    /// <summary>It is no request of a client, and got no answer.</summary>
    NotStun,

    /// <summary>The system had an error for it.</summary>
    ReadError,

    /// <summary>The system did not take the answer.</summary>
    WriteError,
}
