using System.Globalization;
using System.Text.Json;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Networks;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests.Policies;

/// <summary>
/// Two users with two clients each, and one client of nobody:
/// <code>
/// a1 a2   alice@                       the newest version, the oldest
/// b1 b2   postgres@example.com         the one between, the newest
/// web     tag:web                      the newest
/// spare   nobody yet                   the newest
/// </code>
/// In texts of policies <c>$a1</c> stands for the IPv4 address of a1, and <c>$a1v6</c> for the other one.
/// </summary>
internal sealed class PolicyNetwork : IAsyncDisposable
{
    /// <summary>By no e-mail address.</summary>
    public const string Alice = "alice@";

    /// <summary>The local part is that of an account which this machine has, with a shell.</summary>
    public const string Bob = "postgres@example.com";

    /// <summary>Named in each policy, so that a client that has it has all of the policy.</summary>
    private const string Marker = "example.com/policy-";

    private const string Answered = "answered";
    private const string Refused = "refused";
    private const string Unseen = "unseen";

    private static readonly string[] Roles = ["a1", "a2", "b1", "b2", "web", "spare"];

    private readonly MeshNetwork _network;
    private readonly Dictionary<(string Role, int Port), GreetingHost> _hosts = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _addresses = [];
    private int _lastMarker;

    private PolicyNetwork(MeshNetwork network) => _network = network;

    public MeshNetwork Mesh => _network;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<PolicyNetwork> StartAsync()
    {
        var versions = ClientPrograms.SupportedVersions;
        var mesh = await MeshNetwork.StartAsync(new NetworkPlan(), versions[^1], versions[0], versions[1], versions[^1], versions[^1], versions[^1]);
        try
        {
            var network = new PolicyNetwork(mesh);
            await network.JoinAsync();
            return network;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    public RealClient this[string role] => _network.Clients[Array.IndexOf(Roles, role)];

    /// <summary>A key of Alice's.</summary>
    public string Key => _network.Key;

    public string Address(string role) => _addresses[role][0];

    /// <summary>Notes the addresses of a client that has joined.</summary>
    private async Task LearnAsync(string role) => _addresses[role] = (await this[role].StatusAsync(Token)).Self!.Addresses;

    /// <summary>Puts a policy into force as administrators do, and waits until all clients but the spare one have all of it.</summary>
    /// <param name="text">A policy without <c>nodeAttrs</c>.</param>
    public async Task SetPolicyAsync(string text)
    {
        var marker = Marker + (++_lastMarker).ToString(CultureInfo.InvariantCulture);
        await SetPolicyUnmarkedAsync(text.Insert(
            text.IndexOf('{', StringComparison.Ordinal) + 1, $$""" "nodeAttrs": [{"target": ["*"], "attr": ["{{marker}}"]}], """));
        await Task.WhenAll(Roles.SkipLast(1).Select(role => Eventually.GetAsync(
            $"{role} to have the policy {marker}", this[role].StatusAsync, status => status.Self!.Capabilities.Contains(marker))));
    }

    /// <summary>The same with any policy, and without waiting.</summary>
    public async Task SetPolicyUnmarkedAsync(string text)
    {
        var file = Path.Combine(this["a1"].Files, "policy.hujson");
        await File.WriteAllTextAsync(file, Fill(text), Token);
        await _network.Meshctl.RunAsync(Token, "policy", "set", "-f", file);
    }

    /// <summary>The policy's text with the addresses that it asks for.</summary>
    public string Fill(string text) => _addresses.Aggregate(text, (filled, entry) => filled
        .Replace($"${entry.Key}v6", entry.Value[1], StringComparison.Ordinal)
        .Replace($"${entry.Key}", entry.Value[0], StringComparison.Ordinal));

    /// <summary>The clients that a client sees, by their roles.</summary>
    public async Task<IReadOnlyList<string>> SeenAsync(string role, CancellationToken cancellationToken)
    {
        var status = await this[role].StatusAsync(cancellationToken);
        return [.. Roles.Where(other => status.Peer(this[other].Name) is not null)];
    }

    /// <summary>Waits until the client sees just these others.</summary>
    /// <param name="viewer">Who.</param>
    /// <param name="others">Their roles, with spaces between.</param>
    public Task SeesAsync(string viewer, string others)
    {
        var expected = others.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Eventually.GetAsync($"{viewer} to see {others}", token => SeenAsync(viewer, token), seen => seen.SequenceEqual(expected));
    }

    /// <summary>
    /// Waits until the clients do what is expected, and has the server explain the same. The other client's host has a service at each port
    /// that is asked for.
    /// </summary>
    /// <param name="line">
    /// Such as <c>a1 > b2:80 answered</c>, or <c>refused</c> when the other client drops it, or <c>unseen</c> when there is no such peer. The
    /// destination may be <c>b2v6</c> for its other address.
    /// </param>
    public async Task ReachesAsync(string line)
    {
        var words = line.Split([' ', '>', ':'], StringSplitOptions.RemoveEmptyEntries);
        var (from, to, port, expected) = (words[0], words[1], int.Parse(words[2], CultureInfo.InvariantCulture), words[3]);
        var target = to.Replace("v6", "", StringComparison.Ordinal);
        var address = _addresses[target][to == target ? 0 : 1];
        Assert.Contains(expected, new[] { Answered, Refused, Unseen });
        if (!_hosts.ContainsKey((target, port)))
        {
            _hosts[(target, port)] = new GreetingHost(await _network.Lab.ListenAsync(this[target].Host, port), target);
        }

        if (expected == Unseen)
        {
            await Eventually.GetAsync($"{from} not to see {to}", token => SeenAsync(from, token), seen => !seen.Contains(target));
        }
        else
        {
            await Connections.EndAsync(this[from], this[target], address, port, isAnswered: expected == Answered);
        }

        var verdict = expected == Answered ? "allowed" : "denied";
        Assert.Equal($"{line}: {verdict}", $"{line}: {await ExplainAsync(from, address, port)}");
    }

    /// <summary>What the server says of a connection by TCP.</summary>
    /// <returns><c>allowed</c>, <c>partly</c> or <c>denied</c>.</returns>
    public async Task<string> ExplainAsync(string from, string address, int port)
    {
        var to = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        var result = await _network.Meshctl.RunAsync(
            Token, "policy", "explain", "--from", this[from].Name, "--to", $"{to}:{port.ToString(CultureInfo.InvariantCulture)}", "-p", "tcp", "-o", "json");
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.GetProperty("verdict").GetString()!;
    }

    /// <summary>The spare client joins.</summary>
    /// <param name="key">With this key.</param>
    public async Task JoinSpareAsync(string key)
    {
        (await this["spare"].UpAsync(_network.Url, key, Token)).OrThrow();
        await LearnAsync("spare");
    }

    /// <summary>The spare client's node is deleted.</summary>
    public async Task DeleteSpareAsync()
    {
        await _network.Meshctl.DeleteNodeAsync((await _network.RowAsync(this["spare"])).Id, Token);
        await Eventually.GetAsync("the spare client to be out", this["spare"].StatusAsync, status => status.State == "NeedsLogin");
    }

    /// <summary>Gives the node without an owner other tags.</summary>
    /// <param name="tags">With commas between.</param>
    public async Task TagWebAsync(string tags)
    {
        var id = (await _network.RowAsync(this["web"])).Id.ToString(CultureInfo.InvariantCulture);
        await _network.Meshctl.RunAsync(Token, "nodes", "tag", "--identifier", id, "--tags", tags, "--force");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            await host.DisposeAsync();
        }

        await _network.DisposeAsync();
    }

    private async Task JoinAsync()
    {
        await _network.Meshctl.RunAsync(Token, "users", "create", "bob", "--email", Bob);
        var bobs = await _network.Meshctl.CreateKeyAsync("bob", Token);
        var web = await _network.Meshctl.CreateKeyAsync(MeshNetwork.User, Token, "--tags", "tag:web");
        await Task.WhenAll(Roles.SkipLast(1).Select(async role =>
        {
            var key = role switch { "a1" or "a2" => Key, "b1" or "b2" => bobs, _ => web };
            (await this[role].UpAsync(_network.Url, key, Token)).OrThrow();
            (await this[role].RunAsync(Token, "set", "--ssh")).OrThrow();
            await LearnAsync(role);
        }));
    }
}
