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
    private readonly Dictionary<string, string> _loginPages = [];
    private readonly Dictionary<string, RecordedClient> _clients = [];
    private readonly Dictionary<int, (RecordedLine Line, Task<(HttpStatusCode Status, byte[] Body)> Answer)> _pending = [];
    private readonly Dictionary<string, X25519PrivateKey> _machines = [];

    /// <param name="endpoint">The server.</param>
    /// <param name="secrets">The start of each recorded auth key, and what stands for the whole key here.</param>
    /// <param name="letIn">Lets the machine in that shows the URL of a login page and waits.</param>
    public RecordedNetwork(ControlEndpoint endpoint, IReadOnlyDictionary<string, string> secrets, Func<string, Task> letIn)
    {
        _endpoint = endpoint;
        _secrets = secrets;
        _letIn = letIn;
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
        if (line.Path.StartsWith("/machine/ssh/", StringComparison.Ordinal))
        {
            // That a verdict is waited for belongs to a policy that has such rules.
            return;
        }

        var body = WithOwnSecrets(line);
        if (line.HasFlag("Stream"))
        {
            await ClientOf(line).OpenStreamAsync(line.Channel, line.Request, body!);
            CheckFirstMap(line);
        }
        else
        {
            _pending.Add(line.Request, (line, ClientOf(line).SendAsync(line.Channel, line.Method, line.Path, body)));
        }
    }

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
