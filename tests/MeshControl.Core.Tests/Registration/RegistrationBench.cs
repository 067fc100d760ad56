using MeshControl.Core.Keys;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Registration;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Core.Tests.Registration;

/// <summary>A server with users 1 (<c>anna</c>) and 2 (<c>berta</c>), and machines that register with it.</summary>
internal sealed class RegistrationBench : IAsyncDisposable
{
    public const string Anna = "anna";
    public const string Berta = "berta";

    /// <summary>Where everybody asks from.</summary>
    public const string Address = "203.0.113.7";

    private ControlPlane _plane;
    private RegistrationService _service;

    private RegistrationBench(FakeStore store, ManualTimeProvider time, ControlPlane plane)
    {
        Store = store;
        Time = time;
        _plane = plane;
        _service = new RegistrationService(plane, time);
    }

    public FakeStore Store { get; }

    public ManualTimeProvider Time { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public Tailnet Tailnet => _plane.Default;

    public RelayAccess Relays => _plane.Relays;

    public LoginService Logins => _plane.Logins;

    public SshCheckService SshChecks => _plane.SshChecks;

    public TailnetSnapshot Snapshot => _plane.Default.Snapshot;

    /// <summary>By id.</summary>
    public Node[] Nodes => [.. Snapshot.Nodes.Select(entry => entry.Node).OrderBy(node => node.Id.Value)];

    public Node OnlyNode => Assert.Single(Nodes);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RegistrationBench> StartAsync(TailnetSettings? settings = null)
    {
        var (store, time) = (new FakeStore(), new ManualTimeProvider());
        store.Seed(new(new TailnetId(1), "default", 0) { Users = [Make.User(1, Anna), Make.User(2, Berta)] });
        var plane = await ControlPlane.StartAsync(store, settings ?? Make.Settings(), time, NullLoggerFactory.Instance, Cancel);
        return new RegistrationBench(store, time, plane);
    }

    /// <summary>Makes a pre-auth key and returns its text.</summary>
    public async Task<string> KeyAsync(
        string? user = Anna, string[]? tags = null, bool reusable = false, bool ephemeral = false, TimeSpan? lifetime = null, bool preapproved = false)
    {
        User? owner = null;
        Assert.True(user is null || Snapshot.TryGetUser(user, out owner));
        var result = await Tailnet.ExecuteAsync(
            new CreatePreAuthKeyCommand
            {
                Owner = owner?.Id,
                Tags = tags ?? [],
                Reusable = reusable,
                Ephemeral = ephemeral,
                Preapproved = preapproved,
                Lifetime = lifetime,
            },
            Cancel);
        return result.Value.Text;
    }

    public PreAuthKey Key(string text) => Snapshot.PreAuthKeys.Values.Single(key => key.Hash == SecretHash.Of(text));

    public Task DeleteKeyAsync(string text) => EditAsync(draft => draft.Remove(Key(text)));

    public Task RevokeKeyAsync(string text) => EditAsync(draft => draft.Put(Key(text) with { RevokedAt = draft.Now }));

    /// <summary>Loads the configuration again.</summary>
    public async Task ReloadAsync(Func<TailnetSettings, TailnetSettings> edit) =>
        Assert.Null(await _plane.ReplaceSettingsAsync(edit(Snapshot.Settings), Cancel));

    public async Task EditAsync(Action<TailnetDraft> edit) =>
        Assert.Null((await Tailnet.ExecuteAsync(new EditCommand(edit), Cancel)).Error);

    public Task EditNodeAsync(NodeId id, Func<Node, Node> edit) => EditAsync(draft =>
    {
        Assert.True(draft.Snapshot.Nodes.TryGet(id, out var entry));
        draft.Update(entry, edit(entry.Node));
    });

    /// <summary>Stops the server, and starts another one with the same database.</summary>
    /// <param name="edit">What the configuration says by then; null: the same as before.</param>
    public async Task RestartAsync(Func<TailnetSettings, TailnetSettings>? edit = null)
    {
        var settings = edit is null ? Snapshot.Settings : edit(Snapshot.Settings);
        await _plane.DisposeAsync();
        _plane = await ControlPlane.StartAsync(Store, settings, Time, NullLoggerFactory.Instance, Cancel);
        _service = new RegistrationService(_plane, Time);
    }

    public Task<RegistrationResult> RegisterAsync(int machine, RegisterRequest request, string address = Address) =>
        _service.RegisterAsync(Make.Machine(machine), request, address, Cancel);

    /// <summary>Asks to be let in.</summary>
    /// <returns>The id of the login that has to be approved.</returns>
    public async Task<string> AskAsync(int machine, RegisterRequest request, string address = Address)
    {
        var result = await RegisterAsync(machine, request, address);
        Assert.Equal((RegistrationOutcome.NeedsLogin, ""), (result.Outcome, result.Message));
        Assert.True(AuthId.TryRead(result.AuthId, out _));
        return result.AuthId;
    }

    /// <summary>Asks again for a login, as the client does that shows its page.</summary>
    public Task<RegistrationResult> FollowAsync(int machine, RegisterRequest request, string authId) =>
        FollowUntilAsync(machine, request, authId, Cancel);

    /// <inheritdoc cref="FollowAsync"/>
    /// <param name="cancellationToken">The client leaves.</param>
    public Task<RegistrationResult> FollowUntilAsync(int machine, RegisterRequest request, string authId, CancellationToken cancellationToken) =>
        _service.RegisterAsync(
            Make.Machine(machine), request with { Followup = $"https://mesh.test/register/{authId}" }, Address, cancellationToken);

    /// <summary>Lets a device in, as an administrator does.</summary>
    public Task<Result<NodeEntry>> ApproveAsync(string authId, string user = Anna)
    {
        Assert.True(Snapshot.TryGetUser(user, out var owner));
        return Logins.ApproveAsync(authId, Tailnet, new VerifiedIdentity(owner.Id, RegisterMethod.Cli));
    }

    /// <summary>Asks, is let in, and comes back for the answer.</summary>
    public async Task<Node> LogInAsync(int machine, RegisterRequest request, string user = Anna)
    {
        var authId = await AskAsync(machine, request);
        var waiting = FollowAsync(machine, request, authId);
        Assert.Null((await ApproveAsync(authId, user)).Error);
        var result = await waiting;
        Assert.Equal((RegistrationOutcome.Authorized, ""), (result.Outcome, result.Message));
        return result.Entry!.Node;
    }

    public Task<RegistrationResult> RegisterAsync(int machine, int nodeKey, string? authKey = null) =>
        RegisterAsync(machine, Make.Register(nodeKey, authKey));

    /// <summary>Registers and expects success.</summary>
    public async Task<Node> JoinAsync(int machine, RegisterRequest request)
    {
        var result = await RegisterAsync(machine, request);
        Assert.Equal((RegistrationOutcome.Authorized, ""), (result.Outcome, result.Message));
        return result.Entry!.Node;
    }

    public Task<Node> JoinAsync(int machine, int nodeKey, string authKey) => JoinAsync(machine, Make.Register(nodeKey, authKey));

    /// <summary>As the client's logout: the constant it sends, in its own time zone.</summary>
    public Task<RegistrationResult> LogoutAsync(int machine, int nodeKey, string? authKey = null) => RegisterAsync(
        machine, Make.Register(nodeKey, authKey) with { Expiry = new DateTimeOffset(1970, 1, 1, 2, 2, 3, TimeSpan.FromHours(2)) });

    /// <summary>Expects a refusal with this sentence and that nothing was written for it.</summary>
    public async Task RefusedAsync(string message, Task<RegistrationResult> registration, int batchesBefore)
    {
        var result = await registration;
        Assert.Equal((RegistrationOutcome.Refused, message), (result.Outcome, result.Message));
        Assert.Equal(batchesBefore, Store.Batches.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Assert.Empty(Store.Breaches);
    }
}
