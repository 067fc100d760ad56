using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Derp.Client;

/// <summary>The way to a relay as far as TCP.</summary>
internal static class RelayDialer
{
    /// <summary>How long another relay's machine may leave bytes or probes unanswered.</summary>
    private const int SilenceSeconds = 15;

    private const int Probes = 3;

    private const int MillisecondsPerSecond = 1000;

    private const int LinuxTcpUserTimeout = 18;

    /// <summary>Tries all addresses in order and takes the first that answers.</summary>
    /// <returns>The failure of the last address when none does.</returns>
    public static async Task<RelayResult<Socket>> DialAsync(RelayEndpoint endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        var addresses = await FindAsync(endpoint, cancellationToken);
        if (!addresses.Succeeded)
        {
            return addresses.Failure;
        }

        RelayFailure? last = null;
        foreach (var address in addresses.Value)
        {
            var dialled = await DialAsync(new IPEndPoint(address, endpoint.Port), time, cancellationToken);
            if (dialled.Succeeded)
            {
                return dialled;
            }

            last = dialled.Failure;
        }

        return last!;
    }

    private static async Task<RelayResult<IPAddress[]>> FindAsync(RelayEndpoint endpoint, CancellationToken cancellationToken)
    {
        IEnumerable<IPAddress> addresses = endpoint.Addresses;
        if (endpoint.Addresses.Count == 0)
        {
            try
            {
                addresses = IPAddress.TryParse(endpoint.HostName, out var literal)
                    ? [literal]
                    : await Dns.GetHostAddressesAsync(endpoint.HostName, cancellationToken);
            }
            catch (Exception exception) when (exception is SocketException or ArgumentException)
            {
                return new RelayFailure(RelayFault.NameUnknown, $"The name {endpoint.HostName} cannot be looked up: {exception.Message}.");
            }
        }

        var wanted = addresses
            .Where(address => endpoint.Family == AddressFamily.Unspecified || address.AddressFamily == endpoint.Family).ToArray();
        return wanted.Length > 0 ? wanted : new RelayFailure(
            RelayFault.NameUnknown, $"The name {endpoint.HostName} has no {NameOf(endpoint.Family)} address.");
    }

    private static string NameOf(AddressFamily family) => family switch
    {
        AddressFamily.InterNetwork => "IPv4",
        AddressFamily.InterNetworkV6 => "IPv6",
        _ => "IP",
    };

    private static async Task<RelayResult<Socket>> DialAsync(IPEndPoint target, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(RelayTimeouts.DialTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        Socket? socket = null;
        try
        {
            socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            NoticeDeadPeer(socket);
            await socket.ConnectAsync(target, either.Token);
            return socket;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            socket?.Dispose();
            return new RelayFailure(RelayFault.TimedOut, $"{target} did not answer within {RelayTimeouts.DialTimeout.TotalSeconds:0.#} s.");
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            return Describe(target, exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static RelayFailure Describe(IPEndPoint target, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new(RelayFault.Refused, $"Nobody listens on {target}."),
        SocketError.TimedOut => new(RelayFault.TimedOut, $"{target} did not answer."),
        _ => new(RelayFault.Unreachable, $"{target} cannot be reached: {exception.Message}."),
    };

    /// <summary>A relay whose machine is gone says nothing: the kernel finds out, long before its next keep-alive is overdue.</summary>
    private static void NoticeDeadPeer(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, SilenceSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, SilenceSeconds / Probes);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        if (OperatingSystem.IsLinux())
        {
            Span<byte> milliseconds = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(milliseconds, SilenceSeconds * MillisecondsPerSecond);
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, LinuxTcpUserTimeout, milliseconds);
        }
    }
}
