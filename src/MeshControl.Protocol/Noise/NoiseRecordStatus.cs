namespace MeshControl.Protocol.Noise;

/// <summary>What the start of a buffer holds. The values after <see cref="NeedMore"/> are reasons to close the connection.</summary>
public enum NoiseRecordStatus
{
    Done,

    /// <summary>Right so far, but not complete.</summary>
    NeedMore,

    /// <summary>The first byte is not the type of a record.</summary>
    WrongType,

    /// <summary>The length field exceeds <see cref="NoiseProtocol.MaxCiphertextLength"/>.</summary>
    TooLong,

    /// <summary>The length field has no room for a tag.</summary>
    TooShort,
}
