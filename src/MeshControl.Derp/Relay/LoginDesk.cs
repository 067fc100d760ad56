using System.Security.Cryptography;
using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>
/// Lets clients in: the relay says its key, the client says who it is in a box that only the owner of its key can have written, and the
/// admission decides. Who fails is disconnected without a word, since the protocol has none.
/// </summary>
internal sealed class LoginDesk(RelayHub hub, IRelayAdmission admission)
{
    /// <summary>Of no limit: a client that knows one drops what is above it, where the relay would only read no faster.</summary>
    private static readonly DerpServerInfo Welcome = new() { Version = DerpProtocol.Version };

    private readonly byte[] _greeting = Greeting(new DerpPublicKey(hub.Key.PublicKey));
    private readonly LoginPlaces _places = new(hub.Options.MaxLogins);

    // Clients that were admitted and are not registered yet; guarded by the lock.
    private readonly Lock _gate = new();
    private readonly HashSet<PendingLogin> _pending = [];

    /// <summary>Runs a login to its end.</summary>
    /// <param name="buffer">Receives what the client sends, of which more than the login may have come.</param>
    /// <returns>The connection, registered and welcomed, or null when the client was turned away.</returns>
    public async Task<(RelayConnection Connection, PeerSlot Slot)?> RunAsync(
        RelayLink link, ReadBuffer buffer, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(hub.Options.LoginTimeout, hub.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var place = _places.Enter(both.Token);

        // Not every stream can be cancelled while it waits.
        using var abort = place.End.UnsafeRegister(static link => ((RelayLink)link!).Abort(), link);
        try
        {
            await link.Stream.WriteAsync(_greeting, place.End);
            return await ReceiveAsync(link, buffer, place, abort);
        }
        catch (Exception exception) when (place.End.IsCancellationRequested && RelayServer.IsExpected(exception))
        {
            return Refuse(link, place.IsLost ? "evicted" : timeout.IsCancellationRequested ? "late" : "stopping");
        }
        finally
        {
            _places.Leave(place);
        }
    }

    /// <summary>Turns away who was admitted and is not registered yet. Called before the registered ones are closed, so that none escapes.</summary>
    public void Disconnect(NodePublicKey key)
    {
        lock (_gate)
        {
            foreach (var login in _pending.Where(login => login.Key == key))
            {
                login.IsRevoked = true;
            }
        }
    }

    private static byte[] Greeting(DerpPublicKey key)
    {
        var frame = new byte[DerpFrame.ServerKeyFrameLength];
        DerpFrame.WriteServerKey(frame, key);
        return frame;
    }

    private async Task<(RelayConnection Connection, PeerSlot Slot)?> ReceiveAsync(
        RelayLink link, ReadBuffer buffer, LoginPlace place, CancellationTokenRegistration abort)
    {
        // Whoever says nothing costs no buffer.
        _ = await link.Stream.ReadAsync(Memory<byte>.Empty, place.End);
        int length;
        while (!TryReadLength(buffer, out length))
        {
            var count = await link.Stream.ReadAsync(buffer.Free(), place.End);
            if (count == 0)
            {
                return Refuse(link, "closed");
            }

            buffer.Filled(count);
        }

        if (length < 0 || !TryReadInfo(buffer, length, out var key, out var info))
        {
            return Refuse(link, "bad_login");
        }

        // It owns its key, and may take its time from here on.
        _places.Leave(place);
        buffer.Consume(DerpProtocol.HeaderLength + length);
        var isMeshPeer = hub.Options.MeshKey is { } meshKey && meshKey.Equals(info!.MeshKey);
        var login = new PendingLogin(key);
        lock (_gate)
        {
            _pending.Add(login);
        }

        try
        {
            if (!isMeshPeer && !await admission.AdmitAsync(key, link.Remote.Address, place.End))
            {
                return Refuse(link, "not_admitted");
            }

            // From here on it is not for the login to end the connection: a stop tells the client first.
            await abort.DisposeAsync();
            place.End.ThrowIfCancellationRequested();
            return Admit(link, login, info!, isMeshPeer);
        }
        finally
        {
            lock (_gate)
            {
                _pending.Remove(login);
            }
        }
    }

    /// <returns>False when more bytes are needed. The length of the login's payload is negative when the bytes are no login.</returns>
    private static bool TryReadLength(ReadBuffer buffer, out int length)
    {
        length = -1;
        if (buffer.UnreadLength < DerpProtocol.HeaderLength)
        {
            return false;
        }

        var (type, announced) = DerpFrame.ReadHeader(buffer.Unread);
        if (type != DerpFrameType.ClientInfo || announced > DerpProtocol.MaxClientInfoLength)
        {
            return true;
        }

        length = (int)announced;
        return buffer.UnreadLength - DerpProtocol.HeaderLength >= length;
    }

    private bool TryReadInfo(ReadBuffer buffer, int length, out NodePublicKey key, out DerpClientInfo? info) =>
        DerpLogin.TryReadClientInfo(hub.Key, buffer.Unread.Slice(DerpProtocol.HeaderLength, length), out key, out info);

    private (RelayConnection Connection, PeerSlot Slot)? Admit(RelayLink link, PendingLogin login, DerpClientInfo info, bool isMeshPeer)
    {
        var connection = new RelayConnection(hub, link, login.Key, info, isMeshPeer);
        // Before anybody can send it anything: a client is connected for its user once it has read this frame, and wants it first.
        connection.Outbox.Begin(DerpLogin.WriteServerInfo(
            hub.Key, login.Key, RandomNumberGenerator.GetBytes(NaclBox.NonceLength), Welcome));
        var slot = hub.Register(connection);
        if (login.IsRevoked)
        {
            connection.Close();
            hub.Unregister(connection, slot, "revoked");
            return Refuse(link, "revoked");
        }

        hub.Metrics.Accepted();
        link.LoggedIn?.Invoke(login.Key, isMeshPeer);
        connection.Outbox.Flush();
        return (connection, slot);
    }

    private (RelayConnection Connection, PeerSlot Slot)? Refuse(RelayLink link, string reason)
    {
        hub.Metrics.Refused(reason);
        Log.LoginRefused(hub.Logger, link.Remote, reason);
        return null;
    }

    private sealed class PendingLogin(NodePublicKey key)
    {
        private volatile bool _isRevoked;

        public NodePublicKey Key { get; } = key;

        /// <summary>The client was disconnected while it logged in; set under the desk's lock.</summary>
        public bool IsRevoked
        {
            get => _isRevoked;
            set => _isRevoked = value;
        }
    }
}
