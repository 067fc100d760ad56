using System.Net;
using MeshControl.Core.Diagnostics;
using MeshControl.Core.Model;
using MeshControl.Core.Registration;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Logins;

/// <summary>
/// The logins that wait for somebody to approve them.
/// <code>
/// register ─► pending ─┬─► approved: a node is made, then those who wait are woken
///                      ├─► rejected: those who wait are told
///                      └─► expired, displaced: the client gets another one when it asks again
/// </code>
/// An approved login leaves nothing behind but the node: a client that was not waiting finds it by its node key. The database gets to know of
/// changes a moment later; what a crash loses of them is a second, and a client whose login is unknown just gets another one.
/// </summary>
public sealed class LoginService : IDisposable
{
    /// <summary>Pending logins of all machines, if nobody says otherwise: many more than people log in at one time.</summary>
    public const int MaxPending = 1024;

    /// <summary>Pending logins of one machine: clients wait for one, and those that nobody waits for are left out anyway.</summary>
    public const int MaxPerMachine = 4;

    /// <summary>Requests that wait for one login: after a change of networks a client may have two or three of them.</summary>
    public const int MaxWaiters = 8;

    // So many bits of an IPv6 address are one customer's.
    private const int SiteBytes = 8;

    private readonly IMeshStore _store;
    private readonly UnsavedRows<PendingLogin> _unsaved;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();

    // Guarded by _gate. Found by a hash, so that the time a search takes tells nothing of the ids there are.
    private readonly Dictionary<SecretHash, OpenRequest<PendingLogin, LoginEnd>> _open = [];
    private long _lastNumber;
    private bool _stopping;

    internal LoginService(IMeshStore store, TimeProvider time, ILogger<LoginService> logger)
    {
        _store = store;
        _unsaved = new UnsavedRows<PendingLogin>(store.SaveLoginsAsync);
        _time = time;
        _logger = logger;
    }

    /// <summary>Pending logins that there may be at a time. Set before clients are let in.</summary>
    public int Capacity { get; set; } = MaxPending;

    /// <summary>By number.</summary>
    public IReadOnlyList<PendingLogin> Pending
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Values.Select(open => open.Request).OrderBy(login => login.Number)];
            }
        }
    }

    /// <summary>Requests that wait for a decision.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _open.Values.Sum(open => open.Waiters);
            }
        }
    }

    /// <summary>Null when there is no such login, or no longer.</summary>
    /// <param name="authId">An id, or the URL of a page.</param>
    public PendingLogin? Find(string authId)
    {
        lock (_gate)
        {
            return AuthId.TryRead(authId, out var id) && TryGet(id) is { } open ? open.Request : null;
        }
    }

    /// <summary>Lets a device in. Whoever waits for it is told when the node is durable.</summary>
    /// <param name="authId">An id, or the URL of a page.</param>
    /// <param name="tailnet">Where the node will be.</param>
    /// <param name="identity">Whose it will be.</param>
    public async Task<Result<NodeEntry>> ApproveAsync(string authId, Tailnet tailnet, VerifiedIdentity identity)
    {
        if (!Get(authId).TryGetValue(out var open, out var error))
        {
            return error;
        }

        // Whoever asked may leave: what is decided has to be told to the client.
        var result = await tailnet.ExecuteAsync(new RegisterByLoginCommand(open.Request, identity), CancellationToken.None);
        if (result.Error is null)
        {
            End(open, LoginEnd.Approved);
            DropAbandoned(open.Request.Machine);
        }

        return result;
    }

    /// <summary>The user whom the device belonged to so far, for whom it may be let in without further words.</summary>
    public Result<UserId> PreviousOwner(string authId, TailnetSnapshot snapshot)
    {
        if (!Get(authId).TryGetValue(out var open, out var error))
        {
            return error;
        }

        return OwnerOf(open.Request, snapshot) is { } owner ? owner : LoginErrors.OwnerUnknown;
    }

    /// <inheritdoc cref="PreviousOwner"/>
    /// <returns>Null when it is nobody's, or that of several.</returns>
    public static UserId? OwnerOf(PendingLogin login, TailnetSnapshot snapshot)
    {
        var nodes = snapshot.Nodes.OfMachine(login.Machine).Select(entry => entry.Node).ToArray();
        var followed = Array.Find(nodes, node => node.NodeKey == login.Request.OldNodeKey);
        var owners = followed is null ? nodes.Select(node => node.Owner).Distinct().Take(2).ToArray() : [followed.Owner];
        return owners is [{ } owner] ? owner : null;
    }

    /// <summary>Turns a device away. Its user is told so.</summary>
    /// <param name="authId">An id, or the URL of a page.</param>
    public Result<PendingLogin> Reject(string authId)
    {
        if (!Get(authId).TryGetValue(out var open, out var error))
        {
            return error;
        }

        End(open, LoginEnd.Rejected);
        return open.Request;
    }

    public void Dispose() => _unsaved.Dispose();

    /// <summary>Reads what was pending when the server stopped.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        var stored = await _store.LoadLoginsAsync(cancellationToken);
        lock (_gate)
        {
            foreach (var login in stored.OrderBy(login => login.Number))
            {
                _open[SecretHash.Of(login.Id)] = new OpenRequest<PendingLogin, LoginEnd>(login);
                _lastNumber = login.Number;
            }
        }
    }

    /// <summary>The login that a client is sent to: the one it has, if it asks for the same again.</summary>
    internal PendingLogin Begin(MachinePublicKey machine, RegisterRequest request, string address)
    {
        var (kept, now) = (PendingLogin.Keep(request), Clock.Now(_time));
        lock (_gate)
        {
            var own = OfMachine(machine);
            if (Array.Find(own, open => open.Request.Request == kept && open.Request.ExpiresAt > now) is { } same)
            {
                return same.Request;
            }

            // The client asks for something else now, and only follows its last login.
            foreach (var open in own.Where(open => open.Waiters == 0 || open.Request.Request.NodeKey == kept.NodeKey))
            {
                Remove(open, LoginEnd.Undecided);
            }

            MakeRoom(machine);
            var login = new PendingLogin
            {
                Number = ++_lastNumber,
                Id = AuthId.Generate(),
                Machine = machine,
                Request = kept,
                Address = address,
                CreatedAt = now,
            };
            _open[SecretHash.Of(login.Id)] = new OpenRequest<PendingLogin, LoginEnd>(login);
            _unsaved.Set(login.Number, login);
            return login;
        }
    }

    /// <summary>Waits until somebody has decided. The login has to be this machine's and for this node key, or it is none.</summary>
    internal async Task<LoginEnd> WaitAsync(string id, MachinePublicKey machine, NodePublicKey nodeKey, CancellationToken cancellationToken)
    {
        OpenRequest<PendingLogin, LoginEnd>? open;
        lock (_gate)
        {
            open = TryGet(id);
            if (open is null || open.Request.Machine != machine || open.Request.Request.NodeKey != nodeKey)
            {
                return LoginEnd.Gone;
            }

            if (_stopping || open.Waiters >= MaxWaiters)
            {
                return LoginEnd.Undecided;
            }

            open.Waiters++;
        }

        try
        {
            return await open.Ended.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
            {
                open.Waiters--;
            }
        }
    }

    /// <summary>
    /// A machine was let in, by whatever way. Logins of its that nobody waits for are of no use to anybody: approved later, they would take
    /// the node key from the node that works.
    /// </summary>
    internal void DropAbandoned(MachinePublicKey machine)
    {
        lock (_gate)
        {
            foreach (var open in OfMachine(machine).Where(open => open.Waiters == 0))
            {
                Remove(open, LoginEnd.Gone);
            }
        }
    }

    /// <summary>Ends what has expired.</summary>
    internal void Sweep()
    {
        var now = Clock.Now(_time);
        lock (_gate)
        {
            foreach (var open in _open.Values.Where(open => open.Request.ExpiresAt <= now).ToArray())
            {
                Remove(open, LoginEnd.Gone);
            }
        }
    }

    /// <summary>Lets everybody stop waiting; the logins stay.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            foreach (var open in _open.Values)
            {
                open.End(LoginEnd.Undecided);
            }
        }
    }

    /// <inheritdoc cref="UnsavedRows{T}.FlushAsync"/>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (await _unsaved.FlushAsync(cancellationToken) is var (changes, reason))
        {
            Log.LoginsNotSaved(_logger, changes, reason);
        }
    }

    /// <summary>Whom a flood comes from, as far as an address tells.</summary>
    private static string SiteOf(PendingLogin login) =>
        IPAddress.TryParse(login.Address, out var address) && address.GetAddressBytes() is { Length: > SiteBytes } bytes
            ? Convert.ToHexString(bytes, 0, SiteBytes)
            : login.Address;

    private Result<OpenRequest<PendingLogin, LoginEnd>> Get(string authId)
    {
        if (!AuthId.TryRead(authId, out var id))
        {
            return LoginErrors.BadId;
        }

        lock (_gate)
        {
            return TryGet(id) is { } open ? open : LoginErrors.Unknown;
        }
    }

    // Those below under the lock, but for End.
    private OpenRequest<PendingLogin, LoginEnd>? TryGet(string id) =>
        _open.TryGetValue(SecretHash.Of(id), out var open) && open.Request.ExpiresAt > Clock.Now(_time) ? open : null;

    private OpenRequest<PendingLogin, LoginEnd>[] OfMachine(MachinePublicKey machine) =>
        [.. _open.Values.Where(open => open.Request.Machine == machine).OrderBy(open => open.Request.Number)];

    /// <summary>One more has to fit: the oldest of the machine goes, or of the place that has most.</summary>
    private void MakeRoom(MachinePublicKey machine)
    {
        if (OfMachine(machine) is { Length: >= MaxPerMachine } own)
        {
            Remove(own[0], LoginEnd.Undecided);
        }
        else if (_open.Count >= Capacity)
        {
            var largest = _open.Values.GroupBy(open => SiteOf(open.Request)).MaxBy(site => site.Count())!;
            Remove(largest.MinBy(open => open.Request.Number)!, LoginEnd.Undecided);
        }
    }

    private void End(OpenRequest<PendingLogin, LoginEnd> open, LoginEnd end)
    {
        lock (_gate)
        {
            Remove(open, end);
        }
    }

    private void Remove(OpenRequest<PendingLogin, LoginEnd> open, LoginEnd end)
    {
        _open.Remove(SecretHash.Of(open.Request.Id));
        _unsaved.Set(open.Request.Number, null);
        open.End(end);
    }
}
