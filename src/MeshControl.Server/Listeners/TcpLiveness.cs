using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Server.Listeners;

/// <summary>
/// How soon a client whose network is cut is noticed: by the kernel, at the price of a few bytes per connection and no timer
/// of ours.
/// </summary>
internal static class TcpLiveness
{
    private const int Probes = 2;

    /// <summary>A phone's radio must not be woken for probes: its connection is checked at the pace of map keep-alives.</summary>
    private const int PhoneProbeAfterSeconds = 60;

    /// <summary>
    /// How long a phone may take to answer a probe. Together with a limit for unacknowledged bytes Linux sends but one, and gives up
    /// at the end of this interval; a radio that has to wake up needs seconds.
    /// </summary>
    private const int PhoneProbeIntervalSeconds = 15;

    /// <summary>How long bytes for a phone may stay unacknowledged.</summary>
    private const int PhoneUnacknowledgedMilliseconds = 11_000;

    /// <summary>
    /// The relay's own keep-alives come every minute and tell dead clients from live ones: these probes never get to work, and wake no radio.
    /// </summary>
    private const int RelayProbeAfterSeconds = 600;

    /// <summary>How long bytes for a client of the relay may stay unacknowledged; the relay itself gives up writing sooner.</summary>
    private const int RelayUnacknowledgedMilliseconds = 15_000;

    private const int LinuxTcpInfo = 11;

    private const int LinuxTcpUserTimeout = 18;

    // struct tcp_info of linux/tcp.h: milliseconds since data, and since an acknowledgement, arrived.
    private const int LastDataReceived = 52;
    private const int LastAcknowledged = 56;

    /// <summary>Sets a listening socket; accepted ones inherit.</summary>
    public static void Configure(Socket listener, EndPoint endPoint, OfflineBudget budget)
    {
        if (endPoint is not IPEndPoint)
        {
            return;
        }

        Set(listener, budget.SilenceSeconds, ProbeInterval(budget));
        SetUserTimeout(listener, SecondsToAnswer(budget) * 1000);
    }

    /// <summary>How long a client may leave a probe, or what was sent to it, unanswered, from its last sign of life on.</summary>
    public static int SecondsToAnswer(OfflineBudget budget) => budget.SilenceSeconds + (Probes * ProbeInterval(budget));

    /// <summary>Whole seconds since a client's last sign of life; 0 where the system does not say.</summary>
    public static int SecondsOfSilence(Socket connection)
    {
        Span<byte> info = stackalloc byte[LastAcknowledged + sizeof(int)];
        try
        {
            return OperatingSystem.IsLinux() && connection.GetRawSocketOption((int)SocketOptionLevel.Tcp, LinuxTcpInfo, info) == info.Length
                ? (int)(Math.Min(BitConverter.ToUInt32(info[LastDataReceived..]), BitConverter.ToUInt32(info[LastAcknowledged..])) / 1000)
                : 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It closes just now.
            return 0;
        }
    }

    /// <summary>How long the client may leave what is sent to it from now on unanswered.</summary>
    public static void LimitAnswer(Socket connection, int seconds) => Change(connection, socket => SetUserTimeout(socket, seconds * 1000));

    /// <summary>Slows the probes of a phone's connection down.</summary>
    public static void RelaxForPhone(Socket connection) => Change(connection, static socket =>
    {
        Set(socket, PhoneProbeAfterSeconds, PhoneProbeIntervalSeconds);
        SetUserTimeout(socket, PhoneUnacknowledgedMilliseconds);
    });

    /// <summary>Leaves a connection of the relay to the relay.</summary>
    public static void RelaxForRelay(Socket connection) => Change(connection, static socket =>
    {
        Set(socket, RelayProbeAfterSeconds, PhoneProbeIntervalSeconds);
        SetUserTimeout(socket, RelayUnacknowledgedMilliseconds);
    });

    private static int ProbeInterval(OfflineBudget budget) => Math.Max(1, budget.SilenceSeconds / Probes);

    private static void Change(Socket connection, Action<Socket> set)
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
