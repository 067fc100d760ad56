using System.Net;
using System.Net.Sockets;
using MeshControl.Protocol.Stun;

namespace MeshControl.Derp.Stun;

/// <summary>
/// A UDP socket and the buffers for one datagram at a time. One thread receives and sends; another may dispose, upon which a call that
/// waits returns.
/// </summary>
internal abstract class StunSocket : IDisposable
{
    // One byte more than is taken, so that a longer datagram is seen to be one.
    private protected const int BufferLength = StunMessage.MaxRequestLength + 1;

    private protected StunSocket(Socket socket)
    {
        Socket = socket;
        Address = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>The address that the last datagram came from, 4 or 16 bytes.</summary>
    public abstract ReadOnlySpan<byte> PeerAddress { get; }

    public abstract ushort PeerPort { get; }

    /// <summary>Whether the last datagram came by IPv4; a dual-stack socket sees such an address in IPv6 form.</summary>
    public bool IsPeerIPv4 => PeerAddress.Length == 4 || PeerAddress.StartsWith(MappedPrefix);

    private protected Socket Socket { get; }

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <param name="plan">Where to listen.</param>
    /// <exception cref="SocketException">It cannot be listened there.</exception>
    public static StunSocket Bind(StunSocketPlan plan)
    {
        var socket = new Socket(plan.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (plan.Address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = plan.IsDualStack;
            }

            socket.Bind(plan.Address);
            return OperatingSystem.IsLinux() ? new LinuxStunSocket(socket) : new PortableStunSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a datagram.</summary>
    /// <param name="datagram">Its bytes, valid until the next call; of one that is too long for an answer only the beginning.</param>
    /// <returns>False when the system reported an error, or nothing.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public abstract bool TryReceive(out ReadOnlySpan<byte> datagram);

    /// <summary>Answers the last datagram, from the address that it was sent to where the system can.</summary>
    /// <returns>False when the system did not take it.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public abstract bool TryAnswer(ReadOnlySpan<byte> answer);

    public void Dispose() => Socket.Dispose();
}
