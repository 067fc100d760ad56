using MeshControl.Core.Model;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Tests.Registration;

namespace MeshControl.Core.Tests.SshChecks;

/// <summary>A laptop and a phone of anna's, a desk of berta's, servers <c>web</c> and <c>db</c>, and rules for logins among them.</summary>
internal sealed class SshCheckBench : IAsyncDisposable
{
    private const string Open = """
        "tagOwners": {"tag:web": ["anna@"], "tag:db": ["anna@"]},
        """;

    private SshCheckBench(RegistrationBench server) => Server = server;

    public RegistrationBench Server { get; }

    public SshCheckService Checks => Server.SshChecks;

    public NodeId Laptop { get; private set; }

    public NodeId Phone { get; private set; }

    public NodeId Desk { get; private set; }

    public NodeId Web { get; private set; }

    public NodeId Db { get; private set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="rule">Members of a rule by which anna's and berta's nodes log in to all servers after a check.</param>
    public static async Task<SshCheckBench> StartAsync(string rule = "")
    {
        var server = await RegistrationBench.StartAsync();
        var bench = new SshCheckBench(server);
        bench.Laptop = (await server.JoinAsync(1, 10, await server.KeyAsync())).Id;
        bench.Phone = (await server.JoinAsync(2, 20, await server.KeyAsync())).Id;
        bench.Desk = (await server.JoinAsync(3, 30, await server.KeyAsync(RegistrationBench.Berta))).Id;
        bench.Web = (await server.JoinAsync(4, 40, await server.KeyAsync(user: null, tags: ["tag:web"]))).Id;
        bench.Db = (await server.JoinAsync(5, 50, await server.KeyAsync(user: null, tags: ["tag:db"]))).Id;
        await bench.SetCheckAsync(rule);
        return bench;
    }

    public Task SetCheckAsync(string rule = "") => SetRulesAsync(
        $$"""{"action": "check", "src": ["autogroup:member"], "dst": ["tag:web", "tag:db"], "users": ["autogroup:nonroot", "root"]{{rule}}}""");

    public async Task SetRulesAsync(string rules) =>
        Assert.Null((await Server.Tailnet.Policies.SetAsync($$"""{ {{Open}} "ssh": [{{rules}}] }""", "test", Cancel)).Error);

    public Task<SshAnswer> AskAsync(NodeId source, NodeId destination, string user = "root", string authId = "") =>
        Checks.AskAsync(Server.Tailnet, destination, source, user, authId, Cancel);

    /// <summary>Asks, and expects that a check is needed.</summary>
    public async Task<string> BeginAsync(NodeId source, NodeId destination, string user = "root") =>
        (await AskAsync(source, destination, user)).Check!.Id;

    public Task<Result<SshCheck>> ApproveAsync(string authId) => Checks.ApproveAsync(authId, Server.Tailnet, identity: null);

    /// <summary>Asks, and is approved.</summary>
    public async Task<string> LogInAsync(NodeId source, NodeId destination, string user = "root")
    {
        var authId = await BeginAsync(source, destination, user);
        Assert.Null((await ApproveAsync(authId)).Error);
        return authId;
    }

    /// <summary>What the server does once a second.</summary>
    public void Sweep() => Checks.Sweep([Server.Tailnet]);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
