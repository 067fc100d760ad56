using MeshControl.Protocol.Derp;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Reads what one client sends, from its login to its end.
/// <code>
/// 1. wait with no buffer          a read of no bytes returns when there is something
/// 2. read into a pooled buffer
/// 3. work off every whole frame   type and length are checked before the rest of the frame is awaited;
///                                 packets go into their destinations' outboxes
/// 4. flush                        every outbox that got something, once
/// 5. keep an unfinished frame, give the buffer back, and go to 1
/// </code>
/// </summary>
internal sealed class FrameLoop
{
    /// <summary>Batches that are worked off without letting others have the thread.</summary>
    private const int BatchesInARow = 4;

    private readonly RelayHub _hub;
    private readonly RelayConnection _connection;
    private readonly PeerSlot _slot;
    private readonly ReadBuffer _buffer;
    private readonly FrameHandler _handler;
    private readonly FlushList _batch = new();
    private readonly TokenBucket? _rate;

    // Of the frame that is being received.
    private bool _checked;
    private long _skip;

    public FrameLoop(RelayHub hub, RelayConnection connection, PeerSlot slot, ReadBuffer buffer)
    {
        _hub = hub;
        _connection = connection;
        _slot = slot;
        _buffer = buffer;
        _handler = new FrameHandler(hub, connection, slot, _batch);
        _rate = hub.Options.BytesPerSecond > 0 && !connection.IsMeshPeer
            ? new TokenBucket(hub.Time, hub.Options.BytesPerSecond, hub.Options.BurstBytes)
            : null;
    }

    /// <returns>Why the connection ended, in a word.</returns>
    public async Task<string> RunAsync()
    {
        var stream = _connection.Stream;
        // The first frames may have come with the login.
        var batches = 0;
        while (true)
        {
            if (_connection.IsClosed)
            {
                return "closed";
            }

            var verdict = WorkOff(out var wait);
            if (verdict is not null)
            {
                return verdict;
            }

            if (wait > TimeSpan.Zero)
            {
                _hub.Metrics.WaitedForRate();
                await Task.Delay(wait, _hub.Time, _connection.Closing);
                continue;
            }

            if (++batches >= BatchesInARow)
            {
                batches = 0;
                await Task.Yield();
            }

            var ready = stream.ReadAsync(Memory<byte>.Empty);
            if (ready.IsCompletedSuccessfully)
            {
                ready.GetAwaiter().GetResult();
            }
            else
            {
                _buffer.Park();
                batches = 0;
                await ready;
            }

            var count = await stream.ReadAsync(_buffer.Free());
            if (count == 0)
            {
                return "closed by the client";
            }

            _buffer.Filled(count);
        }
    }

    /// <summary>Works off the frames that are there, and flushes.</summary>
    /// <param name="wait">How long not to read, because the client has sent faster than it may.</param>
    /// <returns>Null to go on, or what the client did wrong.</returns>
    private string? WorkOff(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_buffer.UnreadLength == 0)
        {
            return null;
        }

        if (_slot.Active != _connection)
        {
            _hub.OnSpoke(_connection, _slot);
        }

        try
        {
            return ReadFrames(ref wait);
        }
        finally
        {
            // Whatever happens to this client: what lies in others' outboxes is theirs.
            _handler.EndBatch();
            _batch.FlushAll();
        }
    }

    private string? ReadFrames(ref TimeSpan wait)
    {
        string? wrong = null;
        var unread = _buffer.Unread;
        var left = unread;
        while (left.Length > 0)
        {
            if (_skip > 0)
            {
                var skipped = (int)Math.Min(_skip, left.Length);
                _skip -= skipped;
                left = left[skipped..];
                continue;
            }

            if (left.Length < DerpProtocol.HeaderLength)
            {
                break;
            }

            var (type, length) = DerpFrame.ReadHeader(left);
            if (!_checked)
            {
                wrong = _handler.Check(type, length);
                if (wrong is not null)
                {
                    break;
                }

                _checked = true;
                wait = _rate?.Take(DerpProtocol.HeaderLength + length) ?? TimeSpan.Zero;
                if (wait > TimeSpan.Zero)
                {
                    break;
                }
            }

            if (!FrameHandler.IsKnown(type))
            {
                _skip = DerpProtocol.HeaderLength + length;
                _handler.OnUnknown();
                _checked = false;
                continue;
            }

            if (left.Length - DerpProtocol.HeaderLength < length)
            {
                break;
            }

            _handler.Handle(type, left.Slice(DerpProtocol.HeaderLength, (int)length));
            left = left[(DerpProtocol.HeaderLength + (int)length)..];
            _checked = false;
        }

        _buffer.Consume(unread.Length - left.Length);
        return wrong;
    }
}
