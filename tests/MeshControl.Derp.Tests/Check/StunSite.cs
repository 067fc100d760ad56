using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Stun;

namespace MeshControl.Derp.Tests.Check;

/// <summary>A datagram socket on loopback that a test answers by itself.</summary>
internal sealed class StunSite : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public StunSite() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    public async Task<(StunTransactionId Transaction, IPEndPoint From)> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[StunMessage.MaxRequestLength];
        var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellationToken);
        Assert.Equal(StunRefusal.None, StunMessage.TryReadRequest(buffer.AsSpan(0, received.ReceivedBytes), out var transaction));
        return (transaction, (IPEndPoint)received.RemoteEndPoint);
    }

    public async Task AnswerAsync(StunTransactionId transaction, IPEndPoint to, CancellationToken cancellationToken)
    {
        var answer = new byte[StunMessage.MaxResponseLength];
        var length = StunMessage.WriteResponse(transaction, to.Address.GetAddressBytes(), (ushort)to.Port, answer);
        await _socket.SendToAsync(answer.AsMemory(0, length), to, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();
}
