using System.Net;
using System.Net.Sockets;

namespace MeshControl.ClientTests.Lab;

/// <summary>
/// A port of this machine's loopback that leads to the server's host, so that simulated nodes of this process reach a server that is cut off
/// from every other network.
/// </summary>
internal sealed class LabDoor : IAsyncDisposable
{
    private readonly HostLab _lab;
    private readonly IPEndPoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    private LabDoor(HostLab lab, IPEndPoint server)
    {
        (_lab, _server) = (lab, server);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <param name="lab">Borrowed.</param>
    /// <param name="url">Where the hosts reach the server.</param>
    public static LabDoor Open(HostLab lab, Uri url) => new(lab, new IPEndPoint(IPAddress.Parse(url.Host), url.Port));

    /// <summary>Where this process reaches what hosts reach by <paramref name="url"/>.</summary>
    public Uri Of(Uri url) => new UriBuilder(url.Scheme, IPAddress.Loopback.ToString(), ((IPEndPoint)_listener.LocalEndpoint).Port).Uri;

    /// <summary>Ends what goes through it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                passing.Add(PassAsync(await _listener.AcceptSocketAsync(_closing.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(Socket accepted)
    {
        using var inside = accepted;
        try
        {
            using var outside = await _lab.ConnectAsync(0, _server);
            inside.NoDelay = true;
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            var ways = new[] { CopyAsync(inside, outside, end.Token), CopyAsync(outside, inside, end.Token) };
            await Task.WhenAny(ways);
            await end.CancelAsync();
            await Task.WhenAll(ways);
        }
        catch (SocketException)
        {
            // The server is not there; the connection ends, as it would without a door.
        }
    }

    /// <summary>Until one side ends, for whatever reason.</summary>
    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            await source.CopyToAsync(target, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Whoever was to be written to, or read from, is gone.
        }
    }
}
