using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace MeshControl.Testing.Relays;

/// <summary>Asks a STUN server for the own address as stock clients do, in code of its own.</summary>
/// <remarks>
/// <code>
/// request                                answer
///  0  2 00 01                             0  2 01 01
///  2  2 00 14                             2  2 00 0c or, for IPv6, 00 18
///  4  4 21 12 a4 42                       4  4 21 12 a4 42
///  8 12 transaction                       8 12 transaction
/// 20 12 80 22 00 08 "tailnode"           20  4 00 20 00 08 or 00 20 00 14
/// 32  8 80 28 00 04 fingerprint          24  2 00 01 or 00 02
///                                        26  2 port, masked
///                                        28  n address, masked
/// </code>
/// </remarks>
public static class StunProbe
{
    public const int TransactionLength = 12;
    public const int RequestLength = 40;

    private const uint Cookie = 0x2112a442;
    private const uint FingerprintMask = 0x5354554e;
    private const uint CrcPolynomial = 0xedb88320;
    private const int FingerprintAt = 32;
    private const int HeaderLength = 20;

    /// <summary>Local servers answer at once; datagrams can be lost, and none is sent twice here.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The request with a transaction id.</summary>
    public static byte[] Request(ReadOnlySpan<byte> transaction)
    {
        byte[] request = [0x00, 0x01, 0x00, 0x14, 0, 0, 0, 0, .. transaction, 0x80, 0x22, 0x00, 0x08, .. "tailnode"u8, 0x80, 0x28, 0x00, 0x04, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), Cookie);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(RequestLength - 4), Fingerprint(request.AsSpan(0, FingerprintAt)));
        return request;
    }

    /// <summary>What the last attribute has to hold.</summary>
    /// <param name="before">All bytes before that attribute.</param>
    public static uint Fingerprint(ReadOnlySpan<byte> before)
    {
        var crc = uint.MaxValue;
        foreach (var value in before)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * CrcPolynomial);
            }
        }

        return ~crc ^ FingerprintMask;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="RelayProtocolException">It is none to this transaction, or not of the exact form that the protocol gives it.</exception>
    public static IPEndPoint ReadAnswer(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> transaction)
    {
        byte[] mask = [0x21, 0x12, 0xa4, 0x42, .. transaction];
        var family = answer.Length > 25 ? answer[25] : 0;
        var length = family switch { 1 => 4, 2 => 16, _ => 0 };
        byte[] head = [0x01, 0x01, 0x00, (byte)(8 + length), .. mask, 0x00, 0x20, 0x00, (byte)(4 + length), 0x00, (byte)family];
        if (length == 0 || answer.Length != HeaderLength + 8 + length || !answer.StartsWith(head))
        {
            throw new RelayProtocolException($"No answer to the request: {Convert.ToHexStringLower(answer)}");
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(answer[26..]) ^ (int)(Cookie >> 16);
        var address = answer[28..].ToArray();
        for (var i = 0; i < address.Length; i++)
        {
            address[i] ^= mask[i];
        }

        return new IPEndPoint(new IPAddress(address), port);
    }

    /// <summary>Asks a server.</summary>
    /// <returns>What it says, and the socket's own endpoint, which is the same where no NAT stands between.</returns>
    public static async Task<(IPEndPoint Told, IPEndPoint Own)> AskAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var transaction = RandomNumberGenerator.GetBytes(TransactionLength);
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Bound by connecting, which also keeps answers from other addresses out.
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(Request(transaction), cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var buffer = new byte[1500];
        try
        {
            var length = await socket.ReceiveAsync(buffer, limit.Token);
            return (ReadAnswer(buffer.AsSpan(0, length), transaction), (IPEndPoint)socket.LocalEndPoint!);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RelayProtocolException($"{server} answered nothing for {Patience.TotalSeconds} s.");
        }
    }
}
