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

    private const int LinuxTcpUserTimeout = 18;

    /// <summary>Sets a listening socket; accepted ones inherit.</summary>
    public static void Configure(Socket listener, EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint)
        {
            return;
        }

        Set(listener, ProbeAfterSeconds, ProbeIntervalSeconds);
        if (OperatingSystem.IsLinux())
        {
            Span<byte> timeout = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(timeout, UnacknowledgedMilliseconds);
            listener.SetRawSocketOption((int)SocketOptionLevel.Tcp, LinuxTcpUserTimeout, timeout);
        }
    }

    /// <summary>Slows the probes of a phone's connection down.</summary>
    public static void RelaxForPhone(Socket connection)
    {
        try
        {
            Set(connection, PhoneProbeAfterSeconds, PhoneProbeIntervalSeconds);
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
}
