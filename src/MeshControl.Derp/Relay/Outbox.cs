using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MeshControl.Protocol.Derp;

namespace MeshControl.Derp.Relay;

/// <summary>
/// All that is written to one connection.
/// <code>
///            Send, Post...                        Flush, or the buffer is full
///   idle ──────────────────► filling ──────────────────────────────────► writing ─┐
///    ▲   (buffer rented)       frames go into the buffer                   frames wait in the rings
///    └───────────────────────────────────────────────────────────────────────────┘
///                            nothing waits: the buffer goes back
/// </code>
/// 1. While nobody writes, a packet is copied straight from its sender's read buffer into the write buffer, framed: one copy, no object.
/// 2. The sender's reader flushes when it has worked off what it read. It writes on its own thread: a socket with room takes the bytes at
///    once. If the socket has none, the write goes on without the reader, which never waits.
/// 3. While a write is under way, packets wait in two rings, one for disco messages, and push out the oldest when those are full.
/// 4. Whoever ends a write fills the buffer from the rings and writes again, until nothing waits.
/// An idle connection has no task, no buffer and no ring.
/// </summary>
internal sealed class Outbox : IFlushTarget, IThreadPoolWorkItem, IWheelEntry
{
    /// <summary>One full TLS record.</summary>
    public const int BufferLength = 16 * 1024;

    /// <summary>So often a reader writes for somebody else before it goes back to its own work.</summary>
    private const int WritesInPlace = 2;

    /// <summary>So often a thread of the pool writes to one connection before it looks after others.</summary>
    private const int WritesInARow = 8;

    private readonly Lock _gate = new();
    private readonly RelayHub _hub;
    private readonly RelayConnection _connection;
    private readonly int _timeoutSeconds;

    // Guarded by the lock; but whoever has set _writing alone uses the buffer until it resets it.
    private byte[]? _buffer;
    private int _capacity;
    private int _length;
    private FrameCount _frames;
    private bool _writing;
    private bool _closed;
    private FlushList? _touchedBy;
    private TaskCompletionSource? _drained;

    // What waits while somebody writes, or while the buffer is full; guarded by the lock.
    private PacketQueue _packets;
    private bool _keepAlive;
    private bool _pong;
    private ulong _pongData;
    private ControlQueue? _control;

    // The write that waits for the socket; owned by whoever has set _writing.
    private ValueTaskAwaiter _pending;
    private Action? _resume;
    private int _pendingSince = -1;
    private int _watched;
    private int _lastWrite;

    public Outbox(RelayHub hub, RelayConnection connection, TimeSpan writeTimeout)
    {
        _hub = hub;
        _connection = connection;
        _timeoutSeconds = (int)Math.Ceiling(writeTimeout.TotalSeconds);
        _lastWrite = hub.Clock.Seconds;
    }

    int IWheelEntry.WheelSlot { get; set; }

    /// <summary>When something was last written, in seconds of the relay's clock.</summary>
    public int LastWrite => Volatile.Read(ref _lastWrite);

    /// <summary>Sends a packet from a peer. It is on its way when the batch is flushed, at the latest.</summary>
    public void Send(ReadOnlySpan<byte> source, ReadOnlySpan<byte> packet, bool isDisco, FlushList batch)
    {
        Placement placement;
        while ((placement = Place(source, packet, isDisco, batch)) == Placement.BufferIsFull)
        {
            // This reader has taken the pen: it writes what is there, and looks again.
            Write(WritesInPlace);
        }

        if (placement == Placement.FirstOfBatch)
        {
            batch.Add(this);
        }
    }

    /// <summary>Puts a whole frame at the end of the buffer, before anybody else can have written anything.</summary>
    public void Begin(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (TryReserve(frame.Length))
            {
                frame.CopyTo(Room);
                _length += frame.Length;
                _frames.AddOther();
            }
        }
    }

    /// <summary>Answers a ping, unless an answer to an earlier one waits.</summary>
    public void Pong(ReadOnlySpan<byte> data, FlushList batch)
    {
        lock (_gate)
        {
            if (_closed || _pong)
            {
                return;
            }

            _pong = true;
            _pongData = MemoryMarshal.Read<ulong>(data);
            TakeControlIfFree();
        }

        batch.AddOnce(this);
    }

    public void KeepAlive()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _keepAlive = true;
            TakeControlIfFree();
        }

        Flush();
    }

    /// <summary>Queues rare frames; they are sent with the batch, or at once without one.</summary>
    public void Post<T>(T argument, Action<ControlQueue, T> change, FlushList? batch = null)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            change(_control ??= new ControlQueue(), argument);
            TakeControlIfFree();
        }

        if (batch is null)
        {
            Flush();
        }
        else
        {
            batch.AddOnce(this);
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            _touchedBy = null;
            if (_writing || _length == 0)
            {
                return;
            }

            _writing = true;
        }

        Write(WritesInPlace);
    }

    /// <summary>Goes on writing for a reader that had written long enough.</summary>
    public void Execute() => Write(WritesInARow);

    /// <summary>Done when nothing waits to be written.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            return !_writing || _closed
                ? Task.CompletedTask
                : (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Writes nothing more; what waits is dropped. Only as a part of closing the connection.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            if (!_writing)
            {
                _frames.Drop(_hub.Metrics, DropReason.GoneDisconnected);
                ReleaseBuffer();
            }

            _packets.Discard(_hub.Metrics);
            _control = null;
            _drained?.TrySetResult();
        }
    }

    /// <summary>Ends the connection if a write has been under way for too long.</summary>
    /// <returns>In how many seconds to look again; 0 when no write waits.</returns>
    public int OnWatch()
    {
        Interlocked.Exchange(ref _watched, 0);
        var since = Volatile.Read(ref _pendingSince);
        if (since < 0)
        {
            return 0;
        }

        // A second more, since what is noted as a second may have been its end.
        var left = since + _timeoutSeconds + 1 - _hub.Clock.Seconds;
        if (left <= 0)
        {
            _hub.Metrics.WriteTimedOut();
            _connection.Close();
            return 0;
        }

        Volatile.Write(ref _watched, 1);
        return left;
    }

    /// <summary>For tests: whether a write waits for the socket, and nothing behind it.</summary>
    internal bool IsStalledWithoutQueue
    {
        get
        {
            lock (_gate)
            {
                return Volatile.Read(ref _pendingSince) >= 0 && _packets.IsEmpty;
            }
        }
    }

    private Span<byte> Room => _buffer.AsSpan(_length, _capacity - _length);

    private Placement Place(ReadOnlySpan<byte> source, ReadOnlySpan<byte> packet, bool isDisco, FlushList batch)
    {
        lock (_gate)
        {
            if (_closed)
            {
                _hub.Metrics.Drop(DropReason.GoneDisconnected, isDisco, packet.Length);
                return Placement.Done;
            }

            if (_writing)
            {
                _packets.Add(source, packet, isDisco, _hub.Metrics);
                return Placement.Done;
            }

            if (!TryReserve(DerpFrame.PacketOverhead + packet.Length))
            {
                _writing = true;
                return Placement.BufferIsFull;
            }

            _length += DerpFrame.WritePacket(Room, DerpFrameType.RecvPacket, source, packet);
            _frames.Add(packet.Length, isDisco);
            if (_touchedBy == batch)
            {
                return Placement.Done;
            }

            _touchedBy = batch;
            return Placement.FirstOfBatch;
        }
    }

    // Under the lock, or by whoever writes.
    private bool TryReserve(int length)
    {
        if (_length == 0 && length > _capacity)
        {
            // Alone in the buffer a frame may be longer than a record.
            ReleaseBuffer();
        }

        if (_buffer is null)
        {
            _capacity = Math.Max(BufferLength, length);
            _buffer = ArrayPool<byte>.Shared.Rent(_capacity);
        }

        return length <= _capacity - _length;
    }

    /// <summary>Writes the buffer, and what waits behind it. Only whoever has set <see cref="_writing"/> comes here.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "Awaited once, by hand: an async method would hold memory while idle.")]
    private void Write(int maxWrites)
    {
        while (true)
        {
            Volatile.Write(ref _lastWrite, _hub.Clock.Seconds);
            ValueTaskAwaiter write;
            try
            {
                write = _connection.Stream.WriteAsync(_buffer.AsMemory(0, _length)).GetAwaiter();
            }
            catch (Exception exception)
            {
                Fail(exception);
                return;
            }

            if (!write.IsCompleted)
            {
                _pending = write;
                Volatile.Write(ref _pendingSince, _hub.Clock.Seconds);
                if (Interlocked.Exchange(ref _watched, 1) == 0)
                {
                    _hub.Clock.Writes.Add(this, _timeoutSeconds + 1);
                }

                // From here on another thread may write.
                write.UnsafeOnCompleted(_resume ??= Resume);
                return;
            }

            if (!TryEnd(write) || !Refill())
            {
                return;
            }

            if (--maxWrites == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
    }

    private void Resume()
    {
        var write = _pending;
        _pending = default;
        Volatile.Write(ref _pendingSince, -1);
        if (TryEnd(write) && Refill())
        {
            Write(WritesInARow);
        }
    }

    private bool TryEnd(ValueTaskAwaiter write)
    {
        try
        {
            write.GetResult();
        }
        catch (Exception exception)
        {
            Fail(exception);
            return false;
        }

        _hub.Metrics.Written(in _frames);
        _frames = default;
        return true;
    }

    /// <summary>Takes into the buffer what has come up while it was written.</summary>
    /// <returns>False when nothing has: then nobody writes any more.</returns>
    private bool Refill()
    {
        lock (_gate)
        {
            _length = 0;
            if (!_closed)
            {
                TakeControl();
                TakePackets();
                if (_length > 0)
                {
                    return true;
                }
            }

            _writing = false;
            _packets.Trim();
            ReleaseBuffer();
            _drained?.TrySetResult();
            return false;
        }
    }

    private void TakePackets()
    {
        while (!_packets.IsEmpty && TryReserve(_packets.NextLength))
        {
            var length = _packets.Take(Room, out var isDisco);
            _length += DerpFrame.PacketOverhead + length;
            _frames.Add(length, isDisco);
        }
    }

    private void TakeControlIfFree()
    {
        if (!_writing)
        {
            TakeControl();
        }
    }

    private void TakeControl()
    {
        if (_pong && TryReserve(DerpFrame.PongFrameLength))
        {
            _length += DerpFrame.WritePing(Room, DerpFrameType.Pong, MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in _pongData)));
            _frames.AddOther();
            _pong = false;
            _hub.Metrics.PongSent();
        }

        while (_control is { IsEmpty: false } && TryReserve(0) && _control.WriteNext(Room, out var gone) is > 0 and var length)
        {
            _length += length;
            _frames.AddOther();
            if (gone is { } reason)
            {
                _hub.Metrics.PeerGoneSent(reason);
            }
        }

        // Any other frame does as well.
        if (_keepAlive && (_length > 0 || TryReserve(DerpProtocol.HeaderLength)))
        {
            if (_length == 0)
            {
                _length += DerpFrame.WriteEmpty(Room, DerpFrameType.KeepAlive);
                _frames.AddOther();
            }

            _keepAlive = false;
        }
    }

    private void Fail(Exception exception)
    {
        lock (_gate)
        {
            _frames.Drop(_hub.Metrics, _closed ? DropReason.GoneDisconnected : DropReason.WriteError);
            _writing = false;
            ReleaseBuffer();
        }

        _hub.WriteFailed(exception);
        _connection.Close();
    }

    private void ReleaseBuffer()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
            _capacity = 0;
            _length = 0;
        }
    }

    private enum Placement
    {
        /// <summary>The packet is in the buffer, waits, or was dropped.</summary>
        Done,

        /// <summary>It is in the buffer, which the batch has to flush.</summary>
        FirstOfBatch,

        /// <summary>It is nowhere yet, and the caller is the one who writes.</summary>
        BufferIsFull,
    }
}
