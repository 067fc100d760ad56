using System.Buffers;
using System.Buffers.Binary;

namespace MeshControl.Protocol.Noise;

/// <summary>
/// The unit in which bytes travel after the handshake. Record borders carry no meaning; an empty record is legal and means nothing.
/// </summary>
/// <remarks>
/// <code>
///  0   1  type 4
///  1   2  length of the rest, big-endian: 16 to 4093
///  3   n  ciphertext, 0 to 4077 bytes
/// 3+n 16  tag
/// </code>
/// </remarks>
public static class NoiseRecord
{
    /// <summary>Writes the header of a record.</summary>
    /// <param name="destination">Receives <see cref="NoiseProtocol.HeaderLength"/> bytes.</param>
    /// <param name="plaintextLength">At most <see cref="NoiseProtocol.MaxPlaintextLength"/>.</param>
    public static void WriteHeader(Span<byte> destination, int plaintextLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(plaintextLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintextLength, NoiseProtocol.MaxPlaintextLength);
        destination[0] = NoiseProtocol.RecordType;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)(plaintextLength + NoiseProtocol.TagLength));
    }

    /// <summary>Reads a header and checks it, from as few bytes as show a fault.</summary>
    /// <param name="buffer">The start of a record, perhaps more.</param>
    /// <param name="ciphertextLength">Length of ciphertext and tag after the header, if the status is Done.</param>
    public static NoiseRecordStatus ReadHeader(ReadOnlySpan<byte> buffer, out int ciphertextLength)
    {
        ciphertextLength = 0;
        if (buffer.IsEmpty)
        {
            return NoiseRecordStatus.NeedMore;
        }

        if (buffer[0] != NoiseProtocol.RecordType)
        {
            return NoiseRecordStatus.WrongType;
        }

        if (buffer.Length < NoiseProtocol.HeaderLength)
        {
            return NoiseRecordStatus.NeedMore;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer[1..]);
        switch (length)
        {
            case > NoiseProtocol.MaxCiphertextLength:
                return NoiseRecordStatus.TooLong;
            case < NoiseProtocol.TagLength:
                return NoiseRecordStatus.TooShort;
            default:
                ciphertextLength = length;
                return NoiseRecordStatus.Done;
        }
    }

    /// <summary>Takes one record off the front of a buffer. The buffer moves only if the status is Done.</summary>
    /// <param name="buffer">What has been received.</param>
    /// <param name="ciphertext">Ciphertext and tag without the header, at least <see cref="NoiseProtocol.TagLength"/> bytes.</param>
    public static NoiseRecordStatus Read(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> ciphertext)
    {
        ciphertext = default;
        var header = buffer.FirstSpan;
        if (header.Length < NoiseProtocol.HeaderLength && !buffer.IsSingleSegment)
        {
            Span<byte> joined = stackalloc byte[NoiseProtocol.HeaderLength];
            var joinedLength = (int)Math.Min(joined.Length, buffer.Length);
            buffer.Slice(0, joinedLength).CopyTo(joined);
            return Take(ref buffer, joined[..joinedLength], out ciphertext);
        }

        return Take(ref buffer, header, out ciphertext);
    }

    /// <summary>Seals a record in place and writes its header.</summary>
    /// <param name="cipher">The sending direction.</param>
    /// <param name="record">
    /// The whole record, <see cref="NoiseProtocol.RecordOverhead"/> bytes longer than the plaintext, which lies behind the header.
    /// </param>
    /// <returns>False when the cipher has failed or is exhausted.</returns>
    public static bool TrySeal(NoiseCipher cipher, Span<byte> record)
    {
        var length = record.Length - NoiseProtocol.RecordOverhead;
        WriteHeader(record, length);
        return cipher.TrySeal(record.Slice(NoiseProtocol.HeaderLength, length), record[^NoiseProtocol.TagLength..]);
    }

    /// <summary>Opens what <see cref="Read"/> returned.</summary>
    /// <param name="cipher">The receiving direction.</param>
    /// <param name="ciphertext">Ciphertext and tag of one record.</param>
    /// <param name="plaintext">Room for the ciphertext without tag; <see cref="NoiseProtocol.MaxPlaintextLength"/> always suffices.</param>
    /// <param name="written">Bytes of plaintext; zero is legal.</param>
    /// <returns>False, for this and all later records, when the record is not the next one that the peer sealed.</returns>
    public static bool TryOpen(NoiseCipher cipher, in ReadOnlySequence<byte> ciphertext, Span<byte> plaintext, out int written)
    {
        if (ciphertext.IsSingleSegment)
        {
            return cipher.TryOpen(ciphertext.FirstSpan, plaintext, out written);
        }

        Span<byte> joined = stackalloc byte[NoiseProtocol.MaxCiphertextLength];
        ciphertext.CopyTo(joined);
        return cipher.TryOpen(joined[..(int)ciphertext.Length], plaintext, out written);
    }

    private static NoiseRecordStatus Take(
        ref ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> header, out ReadOnlySequence<byte> ciphertext)
    {
        ciphertext = default;
        var status = ReadHeader(header, out var length);
        if (status != NoiseRecordStatus.Done)
        {
            return status;
        }

        if (buffer.Length - NoiseProtocol.HeaderLength < length)
        {
            return NoiseRecordStatus.NeedMore;
        }

        ciphertext = buffer.Slice(NoiseProtocol.HeaderLength, length);
        buffer = buffer.Slice(ciphertext.End);
        return NoiseRecordStatus.Done;
    }
}
