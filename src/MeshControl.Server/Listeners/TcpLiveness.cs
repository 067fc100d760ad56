using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Server.Listeners;

/// <summary>
/// How soon a client whose network is cut is noticed: by the kernel, at the price of a few bytes per connection and no timer
/// of ours. Together with the offline grace it stays below twenty seconds.
/// </summary>
internal static class TcpLiveness
{
    /// <summary>Silence before the first probe.</summary>
    private const int ProbeAfterSeconds = 7;

    private const int ProbeIntervalSeconds = 2;

    private const int Probes = 2;

    /// <summary>How long sent bytes may stay unacknowledged.</summary>
    private const int UnacknowledgedMilliseconds = 11_000;

    /// <summary>A phone's radio must not be woken for probes: its connection is checked at the pace of map keep-alives.</summary>
    private const int PhoneProbeAfterSeconds = 60;

    /// <summary>
    /// How long a phone may take to answer a probe. Together with a limit for unacknowledged bytes Linux sends but one, and gives up
    /// at the end of this interval; a radio that has to wake up needs seconds.
    /// </summary>
    private const int PhoneProbeIntervalSeconds = 15;

    /// <summary>
    /// The relay's own keep-alives come every minute and tell dead clients from live ones: these probes never get to work, and wake no radio.
    /// </summary>
    private const int RelayProbeAfterSeconds = 600;

    /// <summary>How long bytes for a client of the relay may stay unacknowledged; the relay itself gives up writing sooner.</summary>
    private const int RelayUnacknowledgedMilliseconds = 15_000;

    private const int LinuxTcpUserTimeout = 18;

    /// <summary>Sets a listening socket; accepted ones inherit.</summary>
    public static void Configure(Socket listener, EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint)
        {
            return;
        }

        Set(listener, ProbeAfterSeconds, ProbeIntervalSeconds);
        SetUserTimeout(listener, UnacknowledgedMilliseconds);
    }

    /// <summary>Slows the probes of a phone's connection down.</summary>
    public static void RelaxForPhone(Socket connection) =>
        Relax(connection, static socket => Set(socket, PhoneProbeAfterSeconds, PhoneProbeIntervalSeconds));

    /// <summary>Leaves a connection of the relay to the relay.</summary>
    public static void RelaxForRelay(Socket connection) => Relax(connection, static socket =>
    {
        Set(socket, RelayProbeAfterSeconds, PhoneProbeIntervalSeconds);
        SetUserTimeout(socket, RelayUnacknowledgedMilliseconds);
    });

    private static void Relax(Socket connection, Action<Socket> set)
    {
        try
        {
            set(connection);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It closes just now.
        }
    }

    private static void Set(Socket socket, int probeAfter, int interval)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, probeAfter);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, interval);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    private static void SetUserTimeout(Socket socket, int milliseconds)
    {
        if (OperatingSystem.IsLinux())
        {
            Span<byte> timeout = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(timeout, milliseconds);
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, LinuxTcpUserTimeout, timeout);
        }
    }
}
