using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Lab;

namespace MeshControl.ClientTests.Networks;

/// <summary>A TCP stream through the mesh, from one client to a host behind another, which sends all back that it receives.</summary>
internal sealed class MeshStream : IAsyncDisposable
{
    private const int ChunkLength = 16 * 1024;
    private const int PieceLength = 2 * 1024;

    /// <summary>What TCP does not mend by then, it does not mend: a peer behind a relay that was away is back within this time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Socket _listener;
    private readonly Task _echoing;

    private MeshStream(Process process, Socket listener, Task echoing) => (_process, _listener, _echoing) = (process, listener, echoing);

    public static async Task<MeshStream> OpenAsync(HostLab lab, RealClient from, RealClient to, CancellationToken cancellationToken)
    {
        // Of its own for each stream: a port that was used a moment ago may still be taken.
        var port = 20_000 + RandomNumberGenerator.GetInt32(10_000);
        var listener = await lab.ListenAsync(to.Host, port);
        try
        {
            var address = (await from.StatusAsync(cancellationToken)).Peer(to.Name)!.Addresses[0];
            var process = from.Start("nc", address, port.ToString(CultureInfo.InvariantCulture));
            return new MeshStream(process, listener, EchoAsync(listener));
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Sends random bytes, and compares what comes back.</summary>
    public async Task EchoAsync(int length, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var sent = RandomNumberGenerator.GetBytes(length);
        var received = new byte[length];
        var reading = _process.StandardOutput.BaseStream.ReadExactlyAsync(received, limit.Token).AsTask();
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(sent, limit.Token);
            await _process.StandardInput.BaseStream.FlushAsync(limit.Token);
            await reading;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"The stream of {length} bytes ended, or did not come back within {Patience.TotalSeconds} s: {exception.Message}");
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sent)), Convert.ToHexStringLower(SHA256.HashData(received)));
    }

    /// <summary>
    /// Sends piece after piece, each when the one before is back. So little is under way when the path is cut, since the TCP of clients without
    /// a device of the system mends one lost segment after each timeout, and timeouts have grown to seconds while the path was away.
    /// </summary>
    /// <param name="until">The piece that is under way then is the last.</param>
    public async Task EchoPiecesAsync(CancellationToken until, CancellationToken cancellationToken)
    {
        while (!until.IsCancellationRequested)
        {
            await EchoAsync(PieceLength, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _listener.Dispose();
        await _echoing;
    }

    private static async Task EchoAsync(Socket listener)
    {
        try
        {
            using var socket = await listener.AcceptAsync();
            var buffer = new byte[ChunkLength];
            int count;
            while ((count = await socket.ReceiveAsync(buffer)) > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await socket.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }
        }
        catch (SocketException)
        {
            // The other side, or the test, is gone.
        }
    }
}
