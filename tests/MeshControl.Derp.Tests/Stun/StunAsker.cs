using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Stun;

namespace MeshControl.Derp.Tests.Stun;

/// <summary>A client's UDP socket. It is connected, so that like a client's router it drops what comes from another address.</summary>
internal sealed class StunAsker : IDisposable
{
    private readonly Socket _socket;
    private byte _last;

    public StunAsker(IPAddress source, IPEndPoint server)
    {
        _socket = new Socket(source.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        _socket.Bind(new IPEndPoint(source, 0));
        _socket.Connect(server);
    }

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    public static byte[] Request(StunTransactionId transaction)
    {
        var request = new byte[StunMessage.RequestLength];
        StunMessage.WriteRequest(transaction, request);
        return request;
    }

    public void Send(ReadOnlySpan<byte> datagram) => _socket.Send(datagram);

    /// <summary>Asks, and expects the very next datagram to be the answer: whatever was sent before has got none.</summary>
    public byte[] Ask()
    {
        var transaction = new StunTransactionId([++_last, .. Guid.NewGuid().ToByteArray().AsSpan(1, StunTransactionId.Length - 1)]);
        Send(Request(transaction));
        var answer = Receive();
        Assert.True(StunMessage.TryReadResponse(answer, out var answered, out var mapped), Convert.ToHexString(answer));
        Assert.Equal(transaction, answered);
        Assert.Equal(Address, mapped);
        return answer;
    }

    public byte[] Receive()
    {
        var buffer = new byte[2048];
        return buffer[.._socket.Receive(buffer)];
    }

    public int Receive(Span<byte> buffer) => _socket.Receive(buffer);

    public void Dispose() => _socket.Dispose();
}
