using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>What the frames of one client do. Owned by the client's reader.</summary>
internal sealed class FrameHandler
{
    private readonly RelayHub _hub;
    private readonly RelayConnection _connection;
    private readonly PeerSlot _slot;
    private readonly FlushList _batch;
    private readonly RouteCache _routes;
    private readonly NotHereLimit _notHere;
    private ReceivedCount _count;

    public FrameHandler(RelayHub hub, RelayConnection connection, PeerSlot slot, FlushList batch)
    {
        _hub = hub;
        _connection = connection;
        _slot = slot;
        _batch = batch;
        _routes = new RouteCache(hub.Registry);
        _notHere = new NotHereLimit(hub.Time);
    }

    /// <summary>Types that a server does anything about.</summary>
    public static bool IsKnown(DerpFrameType type) => type is DerpFrameType.SendPacket or DerpFrameType.ForwardPacket
        or DerpFrameType.Ping or DerpFrameType.NotePreferred or DerpFrameType.WatchConns or DerpFrameType.ClosePeer;

    /// <summary>Judges a frame by its header, before anything of its payload is awaited.</summary>
    /// <returns>Null if it is fine, or what is wrong with it; then the connection ends, since the protocol has no frame to say so.</returns>
    public string? Check(DerpFrameType type, uint length) => type switch
    {
        DerpFrameType.SendPacket => length is >= KeyBytes.Length and <= DerpProtocol.MaxPacketFrameLength ? null : "a packet of a bad length",
        DerpFrameType.Ping => length is >= DerpProtocol.PingLength and <= DerpProtocol.MaxPingLength ? null : "a ping of a bad length",
        DerpFrameType.NotePreferred => length == 1 ? null : "a home notice of a bad length",
        DerpFrameType.ForwardPacket or DerpFrameType.WatchConns or DerpFrameType.ClosePeer when !_connection.IsMeshPeer =>
            "a frame that only mesh peers may send",
        DerpFrameType.ForwardPacket =>
            length is >= 2 * KeyBytes.Length and <= DerpProtocol.MaxForwardFrameLength ? null : "a forwarded packet of a bad length",
        DerpFrameType.WatchConns => length == 0 ? null : "a request to watch of a bad length",
        DerpFrameType.ClosePeer => length == KeyBytes.Length ? null : "a request to close of a bad length",
        _ => length <= DerpProtocol.MaxFrameLength ? null : "a frame of a bad length",
    };

    public void Handle(DerpFrameType type, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case DerpFrameType.SendPacket:
                OnSend(payload[..KeyBytes.Length], payload[KeyBytes.Length..]);
                break;
            case DerpFrameType.ForwardPacket:
                OnForward(payload[..KeyBytes.Length], payload[KeyBytes.Length..(2 * KeyBytes.Length)], payload[(2 * KeyBytes.Length)..]);
                break;
            case DerpFrameType.Ping:
                _count.Pings++;
                _connection.Outbox.Pong(payload[..DerpProtocol.PingLength], _batch);
                break;
            case DerpFrameType.NotePreferred:
                _connection.IsHome = payload[0] != 0;
                break;
            case DerpFrameType.WatchConns:
                _hub.Watchers.Add(_connection);
                break;
            case DerpFrameType.ClosePeer:
                _hub.Disconnect(new NodePublicKey(new KeyBytes(payload)), "mesh");
                break;
        }
    }

    public void OnUnknown() => _count.UnknownFrames++;

    /// <summary>Tells what has come since the last time.</summary>
    public void EndBatch()
    {
        _hub.Metrics.Received(in _count);
        _count = default;
    }

    private void OnSend(ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet)
    {
        var isDisco = Count(packet);
        var route = _routes.Find(destination);
        if (route?.Slot is not { } slot)
        {
            OnUnknownDestination(destination, packet, isDisco);
        }
        else if (slot.Active is { } receiver)
        {
            if (route.Told != receiver.Number)
            {
                _slot.AddReceiver(receiver);
                route.Told = receiver.Number;
            }

            receiver.Outbox.Send(_connection.Key.Bytes.Span, packet, isDisco, _batch);
        }
        else if (slot.Forwarder is { } forwarder)
        {
            _count.ForwardedOut++;
            forwarder.Forward(_connection.Key, slot.Key, packet);
            _batch.AddOnce(forwarder);
        }
        else
        {
            OnUnknownDestination(destination, packet, isDisco);
        }
    }

    /// <summary>From another relay of the region. Whoever is not here is not looked for any further, or packets might circle.</summary>
    private void OnForward(ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet)
    {
        var isDisco = Count(packet);
        _count.ForwardedIn++;
        if (_hub.Registry.Find(new NodePublicKey(new KeyBytes(destination)))?.Active is { } receiver)
        {
            // Known as long as a mesh client of ours watches the other relay; otherwise nobody would hear of the source's end.
            _hub.Registry.Find(new NodePublicKey(new KeyBytes(source)))?.AddReceiver(receiver);
            receiver.Outbox.Send(source, packet, isDisco, _batch);
        }
        else
        {
            _hub.Metrics.Drop(DropReason.UnknownDestinationOnForward, isDisco, packet.Length);
        }
    }

    private void OnUnknownDestination(ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet, bool isDisco)
    {
        _hub.Metrics.Drop(DropReason.UnknownDestination, isDisco, packet.Length);
        // Who looks for a path wants to know; a sender of data has heard it, or will find out by itself.
        if (isDisco && _notHere.TryPass())
        {
            _connection.Outbox.Post(
                new NodePublicKey(new KeyBytes(destination)),
                static (queue, key) => queue.AddGone(key, PeerGoneReason.NotHere),
                _batch);
        }
    }

    private bool Count(ReadOnlySpan<byte> packet)
    {
        var isDisco = DiscoPacket.LooksLike(packet);
        if (isDisco)
        {
            _count.DiscoPackets++;
            _count.DiscoBytes += packet.Length;
        }
        else
        {
            _count.DataPackets++;
            _count.DataBytes += packet.Length;
        }

        return isDisco;
    }
}
