using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace MeshControl.Protocol.Stun;

/// <summary>
/// STUN (RFC 8489) as far as clients use it: a binding request tells a server the address that it comes from, and the answer tells the
/// client. All numbers are big-endian. A message is
/// <code>
///  0  type        00 01 request, 01 01 answer
///  2  length      bytes of attributes
///  4  cookie      21 12 a4 42
///  8  transaction 12 bytes, chosen by the client
/// 20  attributes
/// </code>
/// A client's request has two attributes: SOFTWARE <c>tailnode</c>, then FINGERPRINT. An answer has one: XOR-MAPPED-ADDRESS.
/// Reads and writes only spans, and allocates nothing but the endpoint that a client asks for.
/// </summary>
public static class StunMessage
{
    /// <summary>Bytes of the request that <see cref="WriteRequest"/> writes, and of every one that clients send.</summary>
    public const int RequestLength = HeaderLength + SoftwareLength + FingerprintLength;

    /// <summary>
    /// The longest datagram that is looked at: what passes everywhere in one piece (the least MTU of IPv6). It bounds the work for a datagram;
    /// clients send 40 bytes.
    /// </summary>
    public const int MaxRequestLength = 1280;

    /// <summary>The longest answer: one with an IPv6 address.</summary>
    public const int MaxResponseLength = HeaderLength + MappedLengthV6;

    private const int HeaderLength = 20;
    private const int TransactionOffset = 8;
    private const int SoftwareLength = StunAttributes.HeaderLength + 8;
    private const int FingerprintLength = StunAttributes.HeaderLength + sizeof(uint);
    private const int MappedLengthV4 = StunAttributes.HeaderLength + MappedAddressOffset + 4;
    private const int MappedLengthV6 = StunAttributes.HeaderLength + MappedAddressOffset + 16;
    private const int MappedAddressOffset = 4;

    private const uint Cookie = 0x2112A442;
    private const ushort BindingRequest = 0x0001;
    private const ushort BindingSuccess = 0x0101;
    private const ushort MappedAddress = 0x0001;
    private const ushort XorMappedAddress = 0x0020;
    private const ushort Software = 0x8022;
    private const ushort Fingerprint = 0x8028;

    // What XOR-MAPPED-ADDRESS was called before it got its number; some servers still write it.
    private const ushort OldXorMappedAddress = 0x8020;

    // "STUN": sets the fingerprint apart from a CRC-32 that another protocol has at its end.
    private const uint FingerprintMask = 0x5354554E;

    private const byte FamilyV4 = 1;
    private const byte FamilyV6 = 2;

    private static ReadOnlySpan<byte> ClientSoftware => "tailnode"u8;

    private static ReadOnlySpan<byte> MappedV4Prefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>Takes only what clients send: generic STUN clients get no answer, so that nobody uses a relay for anything else.</summary>
    /// <param name="datagram">The whole datagram.</param>
    /// <param name="transaction">To be repeated in the answer; zero when refused.</param>
    /// <returns><see cref="StunRefusal.None"/>, or why not.</returns>
    public static StunRefusal TryReadRequest(ReadOnlySpan<byte> datagram, out StunTransactionId transaction)
    {
        transaction = default;
        var refusal = CheckRequest(datagram);
        if (refusal == StunRefusal.None)
        {
            transaction = new StunTransactionId(datagram.Slice(TransactionOffset, StunTransactionId.Length));
        }

        return refusal;
    }

    /// <summary>Writes what a client asks with: <see cref="RequestLength"/> bytes.</summary>
    public static void WriteRequest(StunTransactionId transaction, Span<byte> request)
    {
        WriteHeader(request, BindingRequest, SoftwareLength + FingerprintLength, transaction);
        var software = request.Slice(HeaderLength, SoftwareLength);
        WriteAttribute(software, Software, ClientSoftware.Length);
        ClientSoftware.CopyTo(software[StunAttributes.HeaderLength..]);
        const int FingerprintOffset = HeaderLength + SoftwareLength;
        var fingerprint = request.Slice(FingerprintOffset, FingerprintLength);
        WriteAttribute(fingerprint, Fingerprint, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint[StunAttributes.HeaderLength..], FingerprintOf(request[..FingerprintOffset]));
    }

    /// <param name="transaction">That of the request.</param>
    /// <param name="address">Where the request came from: 4 or 16 bytes. An IPv4 address in IPv6 form is written as IPv4.</param>
    /// <param name="port">The port that it came from.</param>
    /// <param name="response">Receives the answer; has room for <see cref="MaxResponseLength"/> bytes.</param>
    /// <returns>Bytes written, 32 or 44.</returns>
    /// <exception cref="ArgumentException">The address has another length.</exception>
    public static int WriteResponse(StunTransactionId transaction, ReadOnlySpan<byte> address, ushort port, Span<byte> response)
    {
        if (address.Length is not 4 and not 16)
        {
            throw new ArgumentException($"An address has 4 or 16 bytes, not {address.Length}.", nameof(address));
        }

        if (address.StartsWith(MappedV4Prefix))
        {
            address = address[MappedV4Prefix.Length..];
        }

        var attributeLength = address.Length == 4 ? MappedLengthV4 : MappedLengthV6;
        WriteHeader(response, BindingSuccess, attributeLength, transaction);
        var attribute = response.Slice(HeaderLength, attributeLength);
        WriteAttribute(attribute, XorMappedAddress, attributeLength - StunAttributes.HeaderLength);
        var value = attribute[StunAttributes.HeaderLength..];
        value[0] = 0;
        value[1] = address.Length == 4 ? FamilyV4 : FamilyV6;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(port ^ (Cookie >> 16)));
        Mask(address, response, value[MappedAddressOffset..]);
        return HeaderLength + attributeLength;
    }

    /// <summary>Reads a server's answer, also of servers that write more or older attributes.</summary>
    /// <param name="datagram">The whole datagram.</param>
    /// <param name="transaction">Which request it answers.</param>
    /// <param name="mapped">Where that request came from, as the server saw it; an IPv4 address never in IPv6 form.</param>
    /// <returns>False when it is no answer, or one without an address.</returns>
    public static bool TryReadResponse(
        ReadOnlySpan<byte> datagram, out StunTransactionId transaction, [NotNullWhen(true)] out IPEndPoint? mapped)
    {
        transaction = default;
        mapped = null;
        if (!IsStun(datagram) || BinaryPrimitives.ReadUInt16BigEndian(datagram) != BindingSuccess)
        {
            return false;
        }

        IPEndPoint? plain = null;
        var attributes = new StunAttributes(datagram[HeaderLength..]);
        while (attributes.MoveNext())
        {
            switch (attributes.Type)
            {
                case XorMappedAddress or OldXorMappedAddress:
                    mapped ??= ReadAddress(attributes.Value, datagram);
                    break;
                case MappedAddress:
                    plain ??= ReadAddress(attributes.Value, default);
                    break;
            }
        }

        // A router that rewrites addresses it finds in packets spoils the plain one, which is why the other exists.
        mapped ??= plain;
        if (!attributes.IsWhole || mapped is null)
        {
            mapped = null;
            return false;
        }

        transaction = new StunTransactionId(datagram.Slice(TransactionOffset, StunTransactionId.Length));
        return true;
    }

    private static StunRefusal CheckRequest(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length is < HeaderLength or > MaxRequestLength)
        {
            return datagram.Length < HeaderLength ? StunRefusal.TooShort : StunRefusal.TooLong;
        }

        if (!IsStun(datagram))
        {
            return StunRefusal.NotStun;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(datagram) != BindingRequest)
        {
            return StunRefusal.NotBindingRequest;
        }

        var hasSoftware = false;
        var attributes = new StunAttributes(datagram[HeaderLength..]);
        while (attributes.MoveNext())
        {
            hasSoftware |= attributes.Type == Software && attributes.Value.SequenceEqual(ClientSoftware);
        }

        if (!attributes.IsWhole)
        {
            return StunRefusal.BrokenAttributes;
        }

        if (!hasSoftware)
        {
            return StunRefusal.OtherSoftware;
        }

        // The walk ended at the last attribute.
        return attributes.Type != Fingerprint || attributes.Value.Length != sizeof(uint) ? StunRefusal.NoFingerprint
            : BinaryPrimitives.ReadUInt32BigEndian(attributes.Value) != FingerprintOf(datagram[..^FingerprintLength]) ? StunRefusal.WrongFingerprint
            : StunRefusal.None;
    }

    private static bool IsStun(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderLength && (datagram[0] & 0b1100_0000) == 0 && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == Cookie;

    private static uint FingerprintOf(ReadOnlySpan<byte> before) => Crc32.Compute(before) ^ FingerprintMask;

    private static void WriteHeader(Span<byte> message, ushort type, int attributeLength, StunTransactionId transaction)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, type);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)attributeLength);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], Cookie);
        transaction.Span.CopyTo(message[TransactionOffset..]);
    }

    private static void WriteAttribute(Span<byte> attribute, ushort type, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(attribute, type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
    }

    /// <param name="value">The attribute's value.</param>
    /// <param name="message">The message that it is masked with, or nothing when it is plain.</param>
    private static IPEndPoint? ReadAddress(ReadOnlySpan<byte> value, ReadOnlySpan<byte> message)
    {
        if (value.Length < MappedAddressOffset)
        {
            return null;
        }

        var length = value[1] switch { FamilyV4 => 4, FamilyV6 => 16, _ => -1 };
        if (value.Length - MappedAddressOffset != length)
        {
            return null;
        }

        Span<byte> address = stackalloc byte[length];
        value[MappedAddressOffset..].CopyTo(address);
        var port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        if (!message.IsEmpty)
        {
            Mask(address, message, address);
            port ^= (ushort)(Cookie >> 16);
        }

        var seen = new IPAddress(address);
        return new IPEndPoint(seen.IsIPv4MappedToIPv6 ? seen.MapToIPv4() : seen, port);
    }

    // Cookie and transaction id stand one behind the other, as the mask needs them.
    private static void Mask(ReadOnlySpan<byte> address, ReadOnlySpan<byte> message, Span<byte> masked)
    {
        var mask = message.Slice(TransactionOffset - sizeof(uint), sizeof(uint) + StunTransactionId.Length);
        for (var i = 0; i < address.Length; i++)
        {
            masked[i] = (byte)(address[i] ^ mask[i]);
        }
    }
}
