using System.Net.Sockets;

namespace MeshControl.Admin.Grpc;

/// <summary>HTTP over a Unix socket.</summary>
public static class UnixSocketHandler
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <param name="patience">
    /// How long to retry while the socket is missing or nobody accepts on it, as right after the server's start. Zero: one attempt.
    /// </param>
    public static SocketsHttpHandler Create(string path, TimeSpan patience, TimeProvider time) => new()
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (_, cancellationToken) =>
            new NetworkStream(await ConnectAsync(path, patience, time, cancellationToken), ownsSocket: true),
    };

    private static async Task<Socket> ConnectAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return socket;
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                if (!MayAppearSoon(exception) || time.GetElapsedTime(start) + pause > patience)
                {
                    throw new IOException($"cannot connect to {path}: {Describe(path, exception)}", exception);
                }
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static bool MayAppearSoon(SocketException exception) =>
        exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable;

    private static string Describe(string path, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AccessDenied => "permission denied",
        SocketError.ConnectionRefused => "nobody listens on it",
        _ when !Path.Exists(path) => "there is no such socket",
        _ => exception.Message,
    };
}
