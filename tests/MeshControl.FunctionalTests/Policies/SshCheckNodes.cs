using System.Net;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Control;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Policies;

/// <summary>Nodes between which logins by SSH need a check, and what they ask the server.</summary>
internal static class SshCheckNodes
{
    private const string Policy = """
        {
          "tagOwners": {"tag:web": ["alice@"]},
          "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],
          "ssh": [{"action": "check", "src": ["autogroup:member"], "dst": ["tag:web"], "users": ["root", "deploy"]}],
        }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A user's node, and one with the tag that the policy speaks of.</summary>
    public static async Task<(SimulatedNode Laptop, SimulatedNode Web)> StartAsync(TestServer server)
    {
        var key = await server.CreateUserWithKeyAsync("alice");
        await server.SetPolicyAsync(Policy);
        return (await server.JoinAsync("laptop", key), await server.JoinAsync("web", await server.CreateKeyAsync(null, tags: "tag:web")));
    }

    public static string PathOf(TestServer server, SimulatedNode source, SimulatedNode destination, string query) =>
        $"/machine/ssh/action/{server.Entry(source).Id}/to/{server.Entry(destination).Id}{query}";

    /// <summary>Asks as clients do whose user wants to log in.</summary>
    public static async Task<SshAction> AskAsync(TestServer server, SimulatedNode source, SimulatedNode destination, string user = "root") =>
        ControlJson.Parse<SshAction>((await GetAsync(destination, PathOf(server, source, destination, $"?local_user={user}"))).Body);

    public static async Task<(HttpStatusCode Status, byte[] Body)> GetAsync(SimulatedNode node, string path)
    {
        using var response = await node.Client.SendAsync(HttpMethod.Get, path, body: null, Token);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(Token));
    }

    /// <summary>The check that the answer sends to.</summary>
    public static string IdIn(SshAction action)
    {
        var url = action.HoldAndDelegate!;
        return url[(url.LastIndexOf('=') + 1)..];
    }
}
