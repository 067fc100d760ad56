using System.Net;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>A client that has logged in, or a mesh peer.</summary>
internal sealed class RelayConnection : IWheelEntry
{
    private static long _lastNumber;

    private readonly RelayHub _hub;
    private readonly RelayLink _link;
    private readonly int _keepAliveSeconds;
    private readonly int _since;

    // Only readers that are held back wait for anything but their socket.
    private readonly CancellationTokenSource? _closing;
    private int _closed;
    private bool _isHome;

    public RelayConnection(RelayHub hub, RelayLink link, NodePublicKey key, DerpClientInfo info, bool isMeshPeer)
    {
        _hub = hub;
        _link = link;
        Key = key;
        IsMeshPeer = isMeshPeer;
        var special = (isMeshPeer ? PeerPresentFlags.MeshPeer : PeerPresentFlags.None)
            | (info.IsProber ? PeerPresentFlags.Prober : PeerPresentFlags.None)
            | (link.IsIdeal ? PeerPresentFlags.None : PeerPresentFlags.NotIdeal);
        PresentFlags = special == PeerPresentFlags.None ? PeerPresentFlags.Regular : special;
        Outbox = new Outbox(hub, this, isMeshPeer ? hub.Options.MeshWriteTimeout : hub.Options.WriteTimeout);
        _closing = hub.Options.BytesPerSecond > 0 ? new CancellationTokenSource() : null;
        _since = hub.Clock.Seconds;
        _keepAliveSeconds = hub.NextKeepAlive();
    }

    int IWheelEntry.WheelSlot { get; set; }

    public NodePublicKey Key { get; }

    /// <summary>Never given twice, and never 0.</summary>
    public long Number { get; } = Interlocked.Increment(ref _lastNumber);

    public IPEndPoint Remote => _link.Remote;

    public Stream Stream => _link.Stream;

    public bool IsIdeal => _link.IsIdeal;

    public bool IsMeshPeer { get; }

    public PeerPresentFlags PresentFlags { get; }

    public Outbox Outbox { get; }

    public SeenPeers Seen { get; } = new();

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Ends a wait of the reader when the connection is closed.</summary>
    public CancellationToken Closing => _closing?.Token ?? CancellationToken.None;

    /// <summary>Whether the client says that this relay is its home. Set by its reader.</summary>
    public bool IsHome
    {
        get => _isHome;
        set
        {
            if (_isHome != value)
            {
                _isHome = value;
                // A client that has just come says so at once, and has not moved.
                _hub.Metrics.HomeChanged(value, isMove: _hub.Clock.Seconds - _since > RelayHub.MoveSeconds);
            }
        }
    }

    /// <summary>In how many seconds the connection is to be asked whether it has been silent for too long.</summary>
    public int KeepAliveSeconds => _keepAliveSeconds;

    /// <summary>Ends the connection: its reader and its writer fail from now on. From any thread, as often as one likes.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        Outbox.Close();
        try
        {
            _link.Abort();
        }
        catch (Exception exception) when (RelayServer.IsExpected(exception))
        {
            // It has ended by itself, which is just what was wanted.
        }

        _closing?.Cancel();
    }

    /// <summary>The connection has ended, which is no move. By its reader.</summary>
    public void LeaveHome()
    {
        if (_isHome)
        {
            _isHome = false;
            _hub.Metrics.HomeChanged(isHome: false, isMove: false);
        }
    }

    /// <returns>In how many seconds to ask again.</returns>
    public int OnSilence()
    {
        var left = _keepAliveSeconds - (_hub.Clock.Seconds - Outbox.LastWrite);
        if (left > 0)
        {
            return left;
        }

        Outbox.KeepAlive();
        return _keepAliveSeconds;
    }
}
