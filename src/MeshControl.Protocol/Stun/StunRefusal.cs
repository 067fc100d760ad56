namespace MeshControl.Protocol.Stun;

/// <summary>Why a datagram is no request of a client and gets no answer.</summary>
public enum StunRefusal
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Shorter than the header.</summary>
    TooShort,

    /// <summary>Longer than any request, see <see cref="StunMessage.MaxRequestLength"/>.</summary>
    TooLong,

    /// <summary>The first two bits or the magic cookie are those of another protocol.</summary>
    NotStun,

    /// <summary>A STUN message, but another one: an answer, say.</summary>
    NotBindingRequest,

    /// <summary>An attribute goes beyond the end.</summary>
    BrokenAttributes,

    /// <summary>No SOFTWARE attribute has the clients' name: this is some other STUN client, which this server is not for.</summary>
    OtherSoftware,

    /// <summary>The last attribute is no FINGERPRINT of four bytes.</summary>
    NoFingerprint,

    /// <summary>The fingerprint does not belong to what stands before it.</summary>
    WrongFingerprint,
}
