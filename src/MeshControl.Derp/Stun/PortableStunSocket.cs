using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Derp.Stun;

/// <summary>
/// For systems other than Linux: the system chooses the address that the answer comes from. On a host with several, each is to be listened
/// at by itself.
/// </summary>
internal sealed class PortableStunSocket(Socket socket) : StunSocket(socket)
{
    private readonly byte[] _datagram = new byte[BufferLength];
    private readonly SocketAddress _peer = new(socket.AddressFamily);

    // The layout of sockaddr_in and sockaddr_in6, which is the same on all systems but for its first two bytes.
    public override ReadOnlySpan<byte> PeerAddress =>
        _peer.Family == AddressFamily.InterNetwork ? _peer.Buffer.Span.Slice(4, 4) : _peer.Buffer.Span.Slice(8, 16);

    public override ushort PeerPort => BinaryPrimitives.ReadUInt16BigEndian(_peer.Buffer.Span[2..]);

    public override bool TryReceive(out ReadOnlySpan<byte> datagram)
    {
        datagram = default;
        try
        {
            datagram = _datagram.AsSpan(0, Socket.ReceiveFrom(_datagram, SocketFlags.None, _peer));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public override bool TryAnswer(ReadOnlySpan<byte> answer)
    {
        try
        {
            return Socket.SendTo(answer, SocketFlags.None, _peer) == answer.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
