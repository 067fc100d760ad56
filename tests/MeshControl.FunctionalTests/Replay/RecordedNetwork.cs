using System.Net;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Channels;

namespace MeshControl.FunctionalTests.Replay;

/// <summary>
/// Replays recorded scenes in their order against a server: every request is sent when it was sent, and its answer is awaited
/// where it was answered, so that what overlapped then overlaps now. Answers are measured by what a client needs of them.
/// </summary>
internal sealed class RecordedNetwork : IAsyncDisposable
{
    private readonly ControlEndpoint _endpoint;
    private readonly IReadOnlyDictionary<string, string> _secrets;
    private readonly Func<string, Task> _letIn;
    private readonly Func<string, Task> _approveSsh;
    private readonly Dictionary<string, string> _loginPages = [];
    private readonly Dictionary<string, string> _sshChecks = [];
    private readonly Dictionary<string, RecordedClient> _clients = [];
    private readonly Dictionary<int, (RecordedLine Line, Task<(HttpStatusCode Status, byte[] Body)> Answer)> _pending = [];
    private readonly Dictionary<string, X25519PrivateKey> _machines = [];

    /// <param name="endpoint">The server.</param>
    /// <param name="secrets">The start of each recorded auth key, and what stands for the whole key here.</param>
    /// <param name="letIn">Lets the machine in that shows the URL of a login page and waits.</param>
    /// <param name="approveSsh">Approves the SSH login whose destination waits at an URL.</param>
    public RecordedNetwork(
        ControlEndpoint endpoint, IReadOnlyDictionary<string, string> secrets, Func<string, Task> letIn, Func<string, Task> approveSsh)
    {
        _endpoint = endpoint;
        _secrets = secrets;
        _letIn = letIn;
        _approveSsh = approveSsh;
    }

    /// <summary>Registrations that were answered, by client: the latest.</summary>
    public Dictionary<string, RegisterResponse> Registrations { get; } = [];

    public RecordedClient this[string name] => _clients[name];

    /// <summary>Replays a scene and waits for what is unanswered at its end.</summary>
    public async Task PlayAsync(string scene)
    {
        foreach (var line in RecordedLine.ReadScene(scene))
        {
            switch (line.Kind)
            {
                case "connect" when line.Client.Length > 0:
                    ClientOf(line).OpenChannel(line.Channel, line.Version);
                    break;
                case "request" when line.Client.Length > 0:
                    await SendAsync(line);
                    break;
                case "response" when _pending.ContainsKey(line.Request):
                    await FinishAsync(line.Request, line);
                    break;
                case "end":
                    await ClientOf(line).EndStreamAsync(line.Request);
                    break;
                case "disconnect" when line.Client.Length > 0:
                    await ClientOf(line).CloseChannelAsync(line.Channel);
                    break;
                default:
                    // Frames are the other server's; each client keeps the netmap of ours.
                    break;
            }
        }

        foreach (var request in _pending.Keys.ToList())
        {
            await FinishAsync(request, recorded: null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }
    }

    private RecordedClient ClientOf(RecordedLine line)
    {
        if (!_clients.TryGetValue(line.Client, out var client))
        {
            // Two names may stand for one machine.
            var machine = line.Root.TryGetProperty("machine", out var text) ? text.GetString()! : line.Client;
            if (!_machines.TryGetValue(machine, out var key))
            {
                key = X25519PrivateKey.Generate();
                _machines.Add(machine, key);
            }

            client = new RecordedClient(_endpoint, key);
            _clients.Add(line.Client, client);
        }

        return client;
    }

    private async Task SendAsync(RecordedLine line)
    {
        var body = WithOwnSecrets(line);
        if (line.HasFlag("Stream"))
        {
            await ClientOf(line).OpenStreamAsync(line.Channel, line.Request, body!);
            CheckFirstMap(line);
        }
        else
        {
            _pending.Add(line.Request, (line, ClientOf(line).SendAsync(line.Channel, line.Method, OwnPath(line), body)));
        }
    }

    /// <summary>The nodes of the recording joined in the same order, so their ids are the same; a check has an id of ours.</summary>
    private string OwnPath(RecordedLine line) =>
        IsSshFollowUp(line) ? new Uri(_sshChecks[line.Client]).PathAndQuery : line.Path;

    private static bool IsSsh(RecordedLine line) => line.Path.StartsWith("/machine/ssh/", StringComparison.Ordinal);

    private static bool IsSshFollowUp(RecordedLine line) => IsSsh(line) && line.Path.Contains("auth_id=", StringComparison.Ordinal);

    private string? WithOwnSecrets(RecordedLine line)
    {
        if (line.Body?.GetRawText() is not { } body)
        {
            return null;
        }

        if (line.Text("Followup") is { Length: > 0 } url)
        {
            return body.Replace(url, _loginPages[line.Client], StringComparison.Ordinal);
        }

        if (line.Body.Value.TryGetProperty("Auth", out var auth))
        {
            var recorded = auth.GetProperty("AuthKey").GetString()!;
            var own = _secrets.FirstOrDefault(secret => recorded.StartsWith(secret.Key, StringComparison.Ordinal)).Value ?? recorded;
            return body.Replace(recorded, own, StringComparison.Ordinal);
        }

        return body;
    }

    private async Task FinishAsync(int request, RecordedLine? recorded)
    {
        _pending.Remove(request, out var pending);
        var (line, answer) = pending;
        if (line.Text("Followup").Length > 0)
        {
            await _letIn(_loginPages[line.Client]);
        }
        else if (IsSshFollowUp(line))
        {
            Assert.False(answer.IsCompleted, $"{line}: answered before anybody decided");
            await _approveSsh(_sshChecks[line.Client]);
        }

        var (status, body) = await answer;
        switch (line.Path)
        {
            case "/machine/register":
                Assert.True(status == HttpStatusCode.OK, $"{line}: status {status}");
                CheckRegistration(line, recorded, ControlJson.Parse<RegisterResponse>(body));
                break;
            case "/machine/map":
                Assert.True(status == HttpStatusCode.OK && body.Length == 0, $"{line}: status {status} and {body.Length} bytes");
                break;
            case var path when IsSsh(line):
                Assert.True(status == HttpStatusCode.OK, $"{path}: status {status}");
                CheckSshAction(line, recorded!, ControlJson.Parse<SshAction>(body));
                break;
            default:
                // update-health and the like: some status, at once.
                Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NotImplemented, $"{line}: status {status}");
                break;
        }
    }

    private void CheckRegistration(RecordedLine line, RecordedLine? recorded, RegisterResponse answer)
    {
        Registrations[line.Client] = answer;
        if (line.Body!.Value.GetProperty("Expiry").GetDateTimeOffset() != WireTime.Zero)
        {
            // A logout, or a wish to expire sooner.
            Assert.True(answer.Error.Length == 0, $"{line}: {answer.Error}");
            return;
        }

        if (recorded?.Body is null)
        {
            // The recording does not say.
            return;
        }

        if (recorded.Text("AuthURL").Length > 0)
        {
            Assert.True(answer is { AuthUrl.Length: > 0, MachineAuthorized: false, Error: "", NodeKeyExpired: false }, $"{line}: {answer}");
            _loginPages[line.Client] = answer.AuthUrl;
            return;
        }

        if (recorded.Text("Error").Length > 0)
        {
            Assert.True(answer.Error.Length > 0 && !answer.MachineAuthorized, $"{line}: not refused");
            return;
        }

        Assert.True(answer is { MachineAuthorized: true, Error: "", AuthUrl: "", NodeKeyExpired: false }, $"{line}: {answer}");
        Assert.True(answer.User.Id > 0 && answer.Login.LoginName.Length > 0, $"{line}: {answer}");
    }

    private void CheckSshAction(RecordedLine line, RecordedLine recorded, SshAction answer)
    {
        Assert.False(answer.Reject, $"{line}: {answer.Message}");
        Assert.Equal(recorded.HasFlag("accept"), answer.Accept);
        Assert.Equal(recorded.Text("message").Length > 0, answer.Message is { Length: > 0 });
        Assert.Equal(recorded.Text("holdAndDelegate").Length > 0, answer.HoldAndDelegate is { Length: > 0 });
        if (answer.HoldAndDelegate is { Length: > 0 } url)
        {
            // As the client does, from what it knows: the login is the one of the request before.
            var login = line.Path.Split('/', '?');
            _sshChecks[line.Client] = url
                .Replace("$SRC_NODE_ID", login[4], StringComparison.Ordinal)
                .Replace("$DST_NODE_ID", login[6], StringComparison.Ordinal)
                .Replace("$LOCAL_USER", login[7].Split('=')[1], StringComparison.Ordinal);
        }
    }

    private void CheckFirstMap(RecordedLine line)
    {
        var first = ClientOf(line).Messages.Last(message => message.Node is not null && message.DerpMap is not null);
        Assert.Equal(line.Body!.Value.GetProperty("NodeKey").GetString(), first.Node!.Key.ToString());
        Assert.True(first.Node.MachineAuthorized, $"{line}");
        Assert.NotNull(first.DnsConfig);
        Assert.False(string.IsNullOrEmpty(first.Domain));
        Assert.True(first.PacketFilters is not null || first.PacketFilter is not null, $"{line}");
        Assert.Contains(first.UserProfiles!, user => user.Id == first.Node.User && user.LoginName.Length > 0);
        Assert.NotNull(first.ControlTime);
        Assert.All(first.Peers ?? [], peer => Assert.NotNull(peer.Online));
        Assert.All(first.Peers ?? [], peer => Assert.Contains(first.UserProfiles!, user => user.Id == peer.User));
    }
}
