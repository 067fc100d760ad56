using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MeshControl.Derp.Http;

namespace MeshControl.Server.Listeners.Polling;

/// <summary>
/// A socket's stream until it is known what flows on it, and for good if it is the relay's.
/// <code>
/// polled: goes on on the pool ──► GoInPlace: goes on on the thread that polls      the relay, after the login
///                             └─► Leave: the runtime's own sockets, as if never polled          everything else
/// </code>
/// A socket is never with both, since the runtime's thread would wake up for each packet, too.
/// </summary>
/// <remarks>
/// A wait ends when the socket is closed, and <see cref="Closed"/> was called; while polled, it cannot be cancelled.
/// </remarks>
internal sealed class PolledStream : AsyncOnlyStream
{
    private readonly Socket _socket;
    private readonly SafeSocketHandle _handle;
    private readonly PollLoop? _loop;
    private readonly long _id;
    private readonly Readiness _read = new();
    private readonly Readiness _write = new();
    private NetworkStream? _unpolled;
    private volatile bool _inPlace;

    /// <param name="socket">Connected; nobody has read from it or written to it asynchronously. The caller closes it.</param>
    public PolledStream(Socket socket)
    {
        _socket = socket;
        _handle = socket.SafeHandle;
        _loop = PollLoop.Next();
        _id = _loop?.Add(this, _handle) ?? 0;
        if (_id == 0)
        {
            _unpolled = new NetworkStream(socket, ownsSocket: false);
        }
    }

    /// <summary>Whether the loop has it.</summary>
    public bool IsPolled => _unpolled is null;

    /// <summary>
    /// From now on whoever waits for the socket goes on on the thread that polls it: only what never waits itself, nor takes long.
    /// </summary>
    public void GoInPlace() => _inPlace = true;

    /// <summary>Goes on without the loop. Nobody may be waiting.</summary>
    public void Leave()
    {
        if (IsPolled)
        {
            _loop!.Remove(_id, _handle);
            _unpolled = new NetworkStream(_socket, ownsSocket: false);
        }
    }

    /// <summary>The socket is closed: whoever waits is to find out.</summary>
    public void Closed()
    {
        if (IsPolled)
        {
            _loop!.Forget(_id);
            _read.Signal(inPlace: false);
            _write.Signal(inPlace: false);
        }
    }

    /// <summary>Of the loop: something has happened.</summary>
    public void OnEvent(uint flags)
    {
        if ((flags & (PollEvents.Readable | PollEvents.PeerLeft | PollEvents.Broken)) != 0)
        {
            _read.Signal(_inPlace);
        }

        if ((flags & (PollEvents.Writable | PollEvents.Broken)) != 0)
        {
            _write.Signal(_inPlace);
        }
    }

    /// <summary>Looks at the first byte, and leaves it there.</summary>
    /// <returns>Null when the peer sends none.</returns>
    public async ValueTask<byte?> PeekAsync()
    {
        var first = new byte[1];
        int count;
        if (_unpolled is not null)
        {
            count = await _socket.ReceiveAsync(first, SocketFlags.Peek);
        }
        else
        {
            while (!TryReceive(first, LibC.Peek, out count))
            {
                await _read.WaitAsync();
            }
        }

        return count == 1 ? first[0] : null;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_unpolled is { } unpolled)
        {
            return unpolled.ReadAsync(buffer, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return buffer.IsEmpty ? WaitForBytesAsync() : ReceiveAsync(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_unpolled is { } unpolled)
        {
            return unpolled.WriteAsync(buffer, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return TrySend(ref buffer) ? default : SendRestAsync(buffer);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        // Also where nobody has told that the socket is closed.
        if (disposing)
        {
            Closed();
        }

        base.Dispose(disposing);
    }

    // These run for each packet of the relay: pooled, they make no garbage.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        int count;
        while (!TryReceive(buffer.Span, 0, out count))
        {
            await _read.WaitAsync();
        }

        return count;
    }

    /// <summary>A read of no bytes: returns when there is something to read, or the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitForBytesAsync()
    {
        while (!CanReceive())
        {
            await _read.WaitAsync();
        }

        return 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> buffer)
    {
        do
        {
            await _write.WaitAsync();
        }
        while (!TrySend(ref buffer));
    }

    private bool CanReceive()
    {
        Span<byte> one = stackalloc byte[1];
        return TryReceive(one, LibC.Peek, out _);
    }

    /// <returns>False when there is nothing yet.</returns>
    private bool TryReceive(Span<byte> buffer, int flags, out int count)
    {
        _read.Begin();
        nint received;
        do
        {
            received = LibC.Receive(_handle, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length, flags | LibC.DoNotWait);
        }
        while (received < 0 && HasToTryAgain());

        count = (int)received;
        return received >= 0;
    }

    /// <summary>Sends what there is room for.</summary>
    /// <returns>False when something is left.</returns>
    private bool TrySend(ref ReadOnlyMemory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            _write.Begin();
            var sent = LibC.Send(
                _handle, ref MemoryMarshal.GetReference(buffer.Span), (nuint)buffer.Length, LibC.DoNotWait | LibC.NoSignal);
            if (sent >= 0)
            {
                buffer = buffer[(int)sent..];
            }
            else if (!HasToTryAgain())
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>False when the call would have had to wait.</returns>
    /// <exception cref="IOException">The connection has failed.</exception>
    private static bool HasToTryAgain() => Marshal.GetLastPInvokeError() switch
    {
        LibC.Interrupted => true,
        LibC.Again => false,
        var error => throw new IOException(Marshal.GetPInvokeErrorMessage(error)),
    };
}
