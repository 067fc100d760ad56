using System.Runtime.CompilerServices;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;

namespace MeshControl.Testing.Nodes;

/// <summary>
/// A node that speaks to a server as a stock client does, with everything but a data plane. One caller at a time changes its
/// life (join, rotate, log out, restart, stop); the rest may be used concurrently.
/// </summary>
public sealed class SimulatedNode : IAsyncDisposable
{
    /// <summary>How long conditions are waited for if nothing else is said: far more than they need on a busy machine.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    // A client's logout is an expiry at this second of 1970.
    private static readonly DateTimeOffset LogoutExpiry = DateTimeOffset.FromUnixTimeSeconds(123);

    private readonly SimulatedNodeOptions _options;
    private readonly NetmapWatch _netmaps = new();
    private readonly SemaphoreSlim _updating = new(1);
    private readonly MapPoll _poll;
    private ControlClient _client;
    private NodeIdentity _identity;
    private NodeProfile _profile;

    public SimulatedNode(SimulatedNodeOptions options)
        : this(options, NodeIdentity.Create())
    {
    }

    /// <param name="options">The set-up.</param>
    /// <param name="identity">Keys, as read from a disk.</param>
    public SimulatedNode(SimulatedNodeOptions options, NodeIdentity identity)
    {
        _options = options;
        _identity = identity;
        _profile = InitialProfile();
        _client = NewClient();
        _poll = new MapPoll(options, _netmaps, Traffic);
    }

    public string Hostname => _profile.Hostinfo.Hostname ?? "";

    public NodeIdentity Identity => Volatile.Read(ref _identity);

    /// <summary>What the node tells of itself; changed by <see cref="UpdateAsync"/>.</summary>
    public NodeProfile Profile => Volatile.Read(ref _profile);

    public NodeTraffic Traffic { get; } = new();

    /// <summary>For requests of a test's own on the node's channel.</summary>
    public ControlClient Client => _client;

    /// <summary>The last successful or refused registration's answer.</summary>
    public RegisterResponse? Registration { get; private set; }

    /// <summary>The netmap of the latest stream; of the one before it as long as a new one has said nothing.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public Netmap Netmap => _netmaps.Current ?? throw new InvalidOperationException($"{Describe()} has no netmap yet.");

    public bool HasNetmap => _netmaps.Current is not null;

    /// <summary>Why the last map stream ended or could not be opened; null if none ever did.</summary>
    public string? LastStreamFault => _poll.LastFault;

    /// <summary>
    /// Logs in and takes part: registration, then map stream and first update at the same time, then the updates that
    /// follow a first map. Returns when all of them are answered.
    /// </summary>
    /// <exception cref="ControlException">The registration was refused.</exception>
    public async Task JoinAsync(CancellationToken cancellationToken = default)
    {
        await RegisterAsync(_options.AuthKey, cancellationToken);
        await BeginAsync(afterNetworkCheck: true, cancellationToken);
    }

    /// <summary>
    /// Registers as often as the answers ask for it: again with a new key, and waiting for a visit to a login page.
    /// </summary>
    /// <exception cref="ControlException">Refused; the text is the server's. The next attempt has new keys, like a client's.</exception>
    public async Task<RegisterResponse> RegisterAsync(string? authKey, CancellationToken cancellationToken = default)
    {
        await _client.GetServerKeyAsync(cancellationToken);
        var response = await SendRegisterAsync(CreateRegisterRequest(authKey), cancellationToken);
        if (response.NodeKeyExpired)
        {
            SetIdentity(_identity.AfterRotation());
            response = await SendRegisterAsync(CreateRegisterRequest(authKey), cancellationToken);
            if (response.NodeKeyExpired)
            {
                throw new ControlException("weird: regen=true but server says NodeKeyExpired");
            }
        }

        while (response.AuthUrl.Length > 0)
        {
            var visiting = _options.VisitLoginPage?.Invoke(response.AuthUrl) ?? Task.CompletedTask;
            var followup = CreateRegisterRequest(authKey) with { Followup = response.AuthUrl };
            response = await SendRegisterAsync(followup, cancellationToken);
            await visiting;
        }

        return response;
    }

    /// <summary>The request that <see cref="RegisterAsync"/> would send now, for a test to change.</summary>
    public RegisterRequest CreateRegisterRequest(string? authKey = null) => new()
    {
        Version = _options.Endpoint.Version,
        NodeKey = _identity.NodeKey,
        OldNodeKey = _identity.OldNodeKey,
        NlKey = _identity.LockKey,
        Auth = authKey is null ? null : new RegisterAuth { AuthKey = authKey },
        Hostinfo = _profile.Hostinfo,
        Ephemeral = _options.Ephemeral,
    };

    /// <summary>The map request that the node would send now: an update, unless it streams or asks for peers.</summary>
    public MapRequest CreateMapRequest(bool stream, bool omitPeers)
    {
        var profile = Profile;
        return new MapRequest
        {
            Version = _options.Endpoint.Version,
            Compress = "zstd",
            KeepAlive = true,
            NodeKey = Identity.NodeKey,
            DiscoKey = Identity.DiscoKey,
            Hostinfo = profile.Hostinfo,
            Endpoints = profile.Endpoints,
            EndpointTypes = profile.EndpointTypes,
            DebugFlags = ["netstack"],
            Stream = stream,
            OmitPeers = omitPeers,
        };
    }

    /// <summary>Changes what the node tells of itself, and tells it. One update at a time, as in a client.</summary>
    /// <exception cref="ControlException">The status was not 200, or the answer's body not empty.</exception>
    public async Task UpdateAsync(Func<NodeProfile, NodeProfile> change, CancellationToken cancellationToken = default)
    {
        await _updating.WaitAsync(cancellationToken);
        try
        {
            Volatile.Write(ref _profile, change(_profile));
            await SendUpdateAsync(cancellationToken);
        }
        finally
        {
            _updating.Release();
        }
    }

    /// <summary>A map of its own beside the stream, as a fresh client would see it. Nothing is told to the server.</summary>
    /// <exception cref="ControlException">The status was not 200, or the answer is not one whole map.</exception>
    public async Task<Netmap> FetchMapAsync(CancellationToken cancellationToken = default) =>
        await TryFetchMapAsync(cancellationToken) ?? throw new ControlException("The answer to a map request is empty.");

    /// <summary>The same, or null from a server that answers nothing but streams.</summary>
    public async Task<Netmap?> TryFetchMapAsync(CancellationToken cancellationToken = default)
    {
        var request = CreateMapRequest(stream: false, omitPeers: false) with { ReadOnly = true };
        var answer = await _client.PostMapAsync(request, cancellationToken);
        await using var reader = OneMap(new MemoryStream(answer));
        if (await reader.ReadAsync(cancellationToken) is not { } message)
        {
            return null;
        }

        return await reader.ReadAsync(cancellationToken) is null
            ? WholeMap(message)
            : throw new ControlException("The answer to a request for one map holds two messages.");
    }

    /// <summary>A whole map, as the first message of one more stream, which ends with it. Servers may end the node's own for it.</summary>
    /// <exception cref="ControlException">The status was not 200, or the stream does not begin with a whole map.</exception>
    public async Task<Netmap> FetchMapByStreamAsync(CancellationToken cancellationToken = default)
    {
        await using var client = NewClient();
        using var response = await client.OpenMapAsync(CreateMapRequest(stream: true, omitPeers: false), cancellationToken);
        await using var reader = OneMap(await response.Content.ReadAsStreamAsync(cancellationToken));
        var message = await reader.ReadAsync(cancellationToken);
        return WholeMap(message ?? throw new ControlException("A map stream ended before its first message."));
    }

    /// <summary>Waits until the netmap fulfils a condition.</summary>
    /// <returns>The netmap that did.</returns>
    /// <exception cref="TimeoutException">It never did; the message describes the last netmap.</exception>
    public async Task<Netmap> WaitForAsync(
        Func<Netmap, bool> condition,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var limit = timeout ?? DefaultTimeout;
        using var expired = new CancellationTokenSource(limit);
        try
        {
            return await _netmaps.WaitAsync(condition, expired.Token);
        }
        catch (OperationCanceledException) when (expired.IsCancellationRequested)
        {
            var present = _netmaps.Current?.ToString() ?? "no netmap";
            throw new TimeoutException($"{Describe()} waited {limit} in vain for '{text}'; it has {present}");
        }
    }

    /// <summary>A forced new login with a key: stream and channel end, and a new node key is registered in place of the old one.</summary>
    public async Task RotateKeyAsync(string? authKey, CancellationToken cancellationToken = default)
    {
        await StopAsync();
        SetIdentity(_identity.AfterRotation());
        Volatile.Write(ref _profile, _profile.WithoutNetInfo());
        await RegisterAsync(authKey, cancellationToken);
        await BeginAsync(afterNetworkCheck: false, cancellationToken);
    }

    /// <summary>Logs out on the same channel, after the stream was ended, and forgets the login.</summary>
    public async Task<RegisterResponse> LogoutAsync(CancellationToken cancellationToken = default)
    {
        await _poll.StopAsync();
        var request = CreateRegisterRequest(_options.AuthKey) with { Expiry = LogoutExpiry, Ephemeral = false };
        var response = await SendRegisterAsync(request, cancellationToken);
        await _client.CloseAsync();
        SetIdentity(_identity.AfterLogout());
        Volatile.Write(ref _profile, _profile.WithoutNetInfo());
        return response;
    }

    /// <summary>A new process with what is on disk: the same keys but for path discovery, and no auth key.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        SetIdentity(_identity.AfterRestart());
        Volatile.Write(ref _profile, InitialProfile());
        _client = NewClient();
        _netmaps.Publish(null);
        await RegisterAsync(authKey: null, cancellationToken);
        await BeginAsync(afterNetworkCheck: true, cancellationToken);
    }

    /// <summary>Opens the map stream and keeps it open, without registration. Returns at once.</summary>
    public void StartPolling() => _poll.Start(_client, () => CreateMapRequest(stream: true, omitPeers: false));

    /// <summary>
    /// Opens a new channel with a new stream while the server still believes in the old ones, as after a change of networks.
    /// The old ones end when the new stream has its first map.
    /// </summary>
    public async Task ReconnectAsync(CancellationToken cancellationToken = default)
    {
        var streams = Traffic.Streams;
        var old = _client;
        _client = NewClient();
        await _poll.ReplaceAsync(() =>
        {
            StartPolling();
            return WaitForStreamAfterAsync(streams, cancellationToken);
        });
        await old.DisposeAsync();
    }

    /// <summary>Ends stream and channel, as a client that is switched off. Can join again.</summary>
    public async Task StopAsync()
    {
        await _poll.StopAsync();
        await _client.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _client.DisposeAsync();
        _updating.Dispose();
    }

    public override string ToString() => Describe();

    private async Task BeginAsync(bool afterNetworkCheck, CancellationToken cancellationToken)
    {
        var streams = Traffic.Streams;
        StartPolling();
        await UpdateAsync(profile => profile, cancellationToken);
        await WaitForStreamAfterAsync(streams, cancellationToken);
        await UpdateAsync(profile => profile.WithPeerApi(PeerApiPort()), cancellationToken);
        if (afterNetworkCheck && _options.HomeDerp != 0)
        {
            await UpdateAsync(profile => profile.WithHome(_options.HomeDerp).WithEndpoints(_options.Endpoints), cancellationToken);
        }
    }

    private MapStreamReader OneMap(Stream body) => new(body, stream: 0, compressed: true, _options.Time, _options.Pool);

    private Netmap WholeMap(ReceivedMessage message) =>
        new NetmapRules(_options.Endpoint.Version, _options.Time, _options.Pool).Apply(null, message.Message)
            ?? throw new ControlException("The answer to a map request is a keep-alive.");

    private ControlClient NewClient() => new(_options.Endpoint, _identity.MachineKey, Traffic);

    private Task WaitForStreamAfterAsync(int streams, CancellationToken cancellationToken) =>
        WaitForAsync(map => map.Stream > streams, text: "the first map of a stream").WaitAsync(cancellationToken);

    private async Task<RegisterResponse> SendRegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        var response = await _client.RegisterAsync(request, cancellationToken);
        Registration = response;
        if (response.Error.Length > 0)
        {
            SetIdentity(_identity.AfterRefusal());
            throw new ControlException(response.Error);
        }

        return response;
    }

    private async Task SendUpdateAsync(CancellationToken cancellationToken)
    {
        var body = await _client.PostMapAsync(CreateMapRequest(stream: false, omitPeers: true), cancellationToken);
        if (body.Length != 0)
        {
            throw new ControlException($"The answer to an update has {body.Length} bytes instead of none.");
        }
    }

    private void SetIdentity(NodeIdentity identity) => Volatile.Write(ref _identity, identity);

    private NodeProfile InitialProfile()
    {
        var profile = NodeProfile.Linux(_options.Hostname);
        return _options.EditProfile?.Invoke(profile) ?? profile;
    }

    // Any port will do; one per node tells them apart in a dump.
    private ushort PeerApiPort() => (ushort)(49152 + (Identity.Machine.GetHashCode() & 0x3FFF));

    private string Describe() =>
        $"node {Hostname} ({KeyText.FormatShort(Identity.NodeKey)}{(LastStreamFault is { } fault ? $", last fault: {fault}" : "")})";
}
