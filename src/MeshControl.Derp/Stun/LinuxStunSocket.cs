using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MeshControl.Protocol.Stun;

namespace MeshControl.Derp.Stun;

/// <summary>
/// Answers from the address that was asked: on a host with several, an answer from another one is dropped by the client's router. The system
/// tells with each datagram where it was sent to (ip(7) <c>IP_PKTINFO</c>, ipv6(7) <c>IPV6_PKTINFO</c>), and the same bytes, given back with
/// the answer, say where it is to come from.
/// </summary>
internal sealed class LinuxStunSocket : StunSocket
{
    private const int LevelIPv4 = 0;
    private const int LevelIPv6 = 41;
    private const int PacketInfoIPv4 = 8;
    private const int ReceivePacketInfoIPv6 = 49;
    private const int PacketInfoIPv6 = 50;

    // struct in_pktinfo is the interface (int), the local address and the one in the packet; struct in6_pktinfo the address and the interface.
    private const int PacketInfoIPv4Length = 12;
    private const int PacketInfoIPv6Length = 20;
    private const int InterfaceOffsetIPv6 = 16;

    private const ushort FamilyIPv4 = 2;

    // Of struct sockaddr_in6, the longer one.
    private const int NameLength = 28;

    // The kernel gets the addresses of these once, so they never move.
    private readonly byte[] _datagram = GC.AllocateArray<byte>(BufferLength, pinned: true);
    private readonly byte[] _answer = GC.AllocateArray<byte>(StunMessage.MaxResponseLength, pinned: true);
    private readonly byte[] _name = GC.AllocateArray<byte>(NameLength, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(64, pinned: true);
    private readonly LibC.Buffer[] _buffers = GC.AllocateArray<LibC.Buffer>(1, pinned: true);
    private readonly LibC.MessageHeader[] _header = GC.AllocateArray<LibC.MessageHeader>(1, pinned: true);
    private readonly SafeSocketHandle _handle;

    public LinuxStunSocket(Socket socket)
        : base(socket)
    {
        var isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        Span<byte> on = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(on, 1);
        socket.SetRawSocketOption(isIPv6 ? LevelIPv6 : LevelIPv4, isIPv6 ? ReceivePacketInfoIPv6 : PacketInfoIPv4, on);
        _handle = socket.SafeHandle;
        _header[0].Name = AddressOf(_name);
        _header[0].Control = AddressOf(_control);
        _header[0].Buffers = Marshal.UnsafeAddrOfPinnedArrayElement(_buffers, 0);
        _header[0].BufferCount = 1;
    }

    // Both kinds of sockaddr begin with the family in the machine's order and the port in the network's.
    public override ReadOnlySpan<byte> PeerAddress => IsIPv4 ? _name.AsSpan(4, 4) : _name.AsSpan(8, 16);

    public override ushort PeerPort => BinaryPrimitives.ReadUInt16BigEndian(_name.AsSpan(2));

    private bool IsIPv4 => MemoryMarshal.Read<ushort>(_name) == FamilyIPv4;

    public override bool TryReceive(out ReadOnlySpan<byte> datagram)
    {
        ref var header = ref _header[0];
        nint length;
        do
        {
            header.NameLength = NameLength;
            header.ControlLength = (nuint)_control.Length;
            _buffers[0] = new LibC.Buffer { Start = AddressOf(_datagram), Length = (nuint)_datagram.Length };
            length = LibC.ReceiveMessage(_handle, ref header, 0);
        }
        while (length < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted);

        datagram = _datagram.AsSpan(0, (int)Math.Max(0, length));
        // Without a name there is nobody to answer: that is how a socket returns that is shut down.
        return length >= 0 && header.NameLength > 0;
    }

    public override bool TryAnswer(ReadOnlySpan<byte> answer)
    {
        ref var header = ref _header[0];
        answer.CopyTo(_answer);
        _buffers[0] = new LibC.Buffer { Start = AddressOf(_answer), Length = (nuint)answer.Length };
        if (!TryForgetInterface(_control.AsSpan(0, (int)header.ControlLength)))
        {
            header.ControlLength = 0;
        }

        nint sent;
        do
        {
            // Answers that cannot be sent, as to neighbours that do not exist, fill the socket's buffer: the next one is lost then, and no
            // client waits for it.
            sent = LibC.SendMessage(_handle, ref header, LibC.DoNotWait);
        }
        while (sent < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted);

        return sent == answer.Length;
    }

    // The answer goes by the route to the client, which need not be the interface that the request came in by.
    private static bool TryForgetInterface(Span<byte> control)
    {
        var headerLength = Unsafe.SizeOf<LibC.ControlHeader>();
        if (control.Length < headerLength)
        {
            return false;
        }

        var header = MemoryMarshal.Read<LibC.ControlHeader>(control);
        var info = control[headerLength..];
        switch (header.Level, header.Type)
        {
            case (LevelIPv4, PacketInfoIPv4) when info.Length >= PacketInfoIPv4Length:
                info[..sizeof(int)].Clear();
                return true;
            case (LevelIPv6, PacketInfoIPv6) when info.Length >= PacketInfoIPv6Length:
                info.Slice(InterfaceOffsetIPv6, sizeof(int)).Clear();
                return true;
            default:
                return false;
        }
    }

    private static nint AddressOf(byte[] pinned) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
