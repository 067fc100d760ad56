using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Registration;

/// <summary>
/// Who may join, stay and leave. The machine key is proved by the connection; the node key is only claimed, so it is bound to
/// the machine that registered it first and is refused from any other.
/// <code>
/// past expiry ─► logout          known key, nothing new ─► as it was          auth key ─► join, rotate or convert
/// expired key ─► make a new one  waits for a login ─► until it is decided     anything else ─► a login is begun
/// </code>
/// </summary>
public sealed class RegistrationService(ControlPlane controlPlane, TimeProvider time)
{
    private const string OtherMachine = "node exists with a different machine key";
    private const string DeviceRejected = "an administrator rejected this device";

    /// <summary>Handles one request of a machine.</summary>
    /// <param name="machine">The key that the connection proved.</param>
    /// <param name="request">As received; its capability version has been checked.</param>
    /// <param name="address">Where the request comes from, for those who are to approve it.</param>
    /// <param name="cancellationToken">The client left; what was decided stands.</param>
    public async Task<RegistrationResult> RegisterAsync(
        MachinePublicKey machine, RegisterRequest request, string address, CancellationToken cancellationToken)
    {
        // Before it waits for anything, so that requests that wait hold little.
        request = request with { Hostinfo = request.Hostinfo is { } hostinfo ? HostinfoLimits.Apply(hostinfo) : null };
        var result = await DecideAsync(machine, request, address, cancellationToken);
        return result is { Outcome: RegistrationOutcome.NeedsLogin, AuthId: "" } ? BeginLogin(machine, request, address) : result;
    }

    /// <summary>
    /// Whether a request is one of a machine that was let in before, or that waits for a login: nobody unknown, whatever it asks for.
    /// </summary>
    /// <param name="machine">The key that the connection proved.</param>
    /// <param name="request">As received.</param>
    public bool IsKnown(MachinePublicKey machine, RegisterRequest request) =>
        controlPlane.Tailnets.Any(tailnet => tailnet.Snapshot.Nodes.OfMachine(machine).Any())
        || (request.Followup.Length > 0 && controlPlane.Logins.Find(request.Followup)?.Machine == machine);

    private async Task<RegistrationResult> DecideAsync(
        MachinePublicKey machine, RegisterRequest request, string address, CancellationToken cancellationToken)
    {
        if (request.NodeKey.IsZero)
        {
            return RegistrationResult.Refused("the request has no node key");
        }

        var now = Clock.Now(time);
        var tailnet = controlPlane.FindByNodeKey(request.NodeKey);
        var snapshot = tailnet?.Snapshot;
        NodeEntry? entry = null;
        if (snapshot?.Nodes.TryGet(request.NodeKey, out entry) == true && entry.Node.MachineKey != machine)
        {
            return RegistrationResult.Refused(OtherMachine);
        }

        // A past expiry is a logout, whatever else the request says; of a node that is gone it has succeeded already.
        if (request.Expiry is { } expiry && expiry <= now)
        {
            return tailnet is null || entry is null
                ? new RegistrationResult(RegistrationOutcome.LoggedOut)
                : Answer(await tailnet.ExecuteAsync(new LogoutCommand(machine, request.NodeKey), cancellationToken));
        }

        // Clients that were started with an auth key repeat it while they wait for a login.
        var waits = request.Followup.Length > 0;
        if (!waits && request.Auth?.AuthKey is { Length: > 0 } authKey)
        {
            return await RegisterWithKeyAsync(machine, request, SecretHash.Of(authKey), (tailnet, entry, snapshot), cancellationToken);
        }

        if (tailnet is null || entry is null)
        {
            // Told once: a login is for somebody to decide about again.
            if (controlPlane.Rejected.Remove(machine))
            {
                return RegistrationResult.Refused(DeviceRejected);
            }

            return waits ? await AwaitLoginAsync(machine, request, address, cancellationToken) : BeginLogin(machine, request, address);
        }

        return entry.Node.IsExpired(now)
            ? new RegistrationResult(RegistrationOutcome.KeyExpired, snapshot, entry)
            : await AnswerKnownAsync(machine, request, (tailnet, entry, snapshot), cancellationToken);
    }

    private RegistrationResult BeginLogin(MachinePublicKey machine, RegisterRequest request, string address) =>
        RegistrationResult.NeedsLogin(controlPlane.Logins.Begin(machine, request, address).Id);

    private async Task<RegistrationResult> AwaitLoginAsync(
        MachinePublicKey machine, RegisterRequest request, string address, CancellationToken cancellationToken)
    {
        if (!AuthId.TryReadPage(request.Followup, out var id))
        {
            return RegistrationResult.Refused("what the client waits for is no login page");
        }

        return await controlPlane.Logins.WaitAsync(id, machine, request.NodeKey, cancellationToken) switch
        {
            // The node is there now, or was removed again.
            LoginEnd.Approved => await RegisterAsync(machine, request with { Followup = "", Auth = null }, address, cancellationToken),
            LoginEnd.Rejected => RegistrationResult.Refused("an administrator rejected this login"),
            LoginEnd.Undecided => RegistrationResult.NeedsLogin(id),
            _ => BeginLogin(machine, request, address),
        };
    }

    private async Task<RegistrationResult> RegisterWithKeyAsync(
        MachinePublicKey machine,
        RegisterRequest request,
        SecretHash hash,
        (Tailnet? Tailnet, NodeEntry? Entry, TailnetSnapshot? Snapshot) known,
        CancellationToken cancellationToken)
    {
        if (controlPlane.FindByPreAuthKey(hash) is not var (keyTailnet, key))
        {
            // A container restarts with the key it once joined by, which may be long deleted: the node is what counts.
            return known is { Tailnet: { } tailnet, Entry: { } entry } && !entry.Node.IsExpired(Clock.Now(time))
                ? await AnswerKnownAsync(machine, request, (tailnet, entry, known.Snapshot), cancellationToken)
                : RegistrationResult.Refused("invalid authkey");
        }

        // A node key names one node on the whole server, so a login to another tailnet needs a new one.
        if (known.Entry is not null && known.Tailnet != keyTailnet)
        {
            return new RegistrationResult(RegistrationOutcome.KeyExpired, known.Snapshot, known.Entry);
        }

        // A machine that tries its key again and again would be back at once.
        if (known.Entry is null
            && controlPlane.Rejected.Contains(machine)
            && keyTailnet.Snapshot.PreAuthKeys.GetValueOrDefault(key) is not { Preapproved: true })
        {
            return RegistrationResult.Refused(DeviceRejected);
        }

        var result = Answer(await keyTailnet.ExecuteAsync(new RegisterByKeyCommand(machine, request, key), cancellationToken));
        if (result.Outcome == RegistrationOutcome.Authorized)
        {
            controlPlane.Logins.DropAbandoned(machine);
            controlPlane.Rejected.Remove(machine);
        }

        return result;
    }

    /// <summary>
    /// A node that is as it should be is left as it is, but for the wish to expire sooner, and for an ephemeral one whose time is running.
    /// </summary>
    private static async Task<RegistrationResult> AnswerKnownAsync(
        MachinePublicKey machine,
        RegisterRequest request,
        (Tailnet Tailnet, NodeEntry Entry, TailnetSnapshot? Snapshot) known,
        CancellationToken cancellationToken) =>
        request.Expiry is null && (!known.Entry.Node.Ephemeral || known.Entry.Presence.Online)
            ? new RegistrationResult(RegistrationOutcome.Authorized, known.Snapshot, known.Entry)
            : Answer(await known.Tailnet.ExecuteAsync(new ShortenExpiryCommand(machine, request), cancellationToken));

    private static RegistrationResult Answer(Result<RegistrationResult> result) =>
        result.TryGetValue(out var answer, out var error) ? answer : RegistrationResult.Refused(error.Message);
}
