using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests.Networks;

/// <summary>Logins that somebody approves, in a network.</summary>
internal static class MeshLogins
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>All clients log in, each as the network's user.</summary>
    public static Task LogInAllAsync(this MeshNetwork network) =>
        Task.WhenAll(network.Clients.Select(client => network.LogInAsync(client, MeshNetwork.User)));

    /// <summary>The client asks, and is let in.</summary>
    /// <param name="options">Of <c>tailscale up</c>.</param>
    public static async Task LogInAsync(this MeshNetwork network, RealClient client, string user, params string[] options)
    {
        var waiting = client.LogInAsync(network.Url, Token, options);
        var logins = await Eventually.GetAsync(
            $"{client.Name} to ask", network.Meshctl.ListLoginsAsync, logins => logins.Any(login => login.Hostname == client.Name));
        var authId = logins.Last(login => login.Hostname == client.Name).AuthId;
        await network.ApproveLoginAsync(authId, user);
        var result = await waiting;
        result.OrThrow();

        // What the client showed is what was approved.
        Assert.Contains(authId, result.Text, StringComparison.Ordinal);
    }

    /// <summary>Waits until so many logins are pending.</summary>
    /// <returns>Their ids.</returns>
    public static async Task<IReadOnlyList<string>> PendingLoginsAsync(this MeshNetwork network, int count) =>
    [
        .. (await Eventually.GetAsync("all of them to ask", network.Meshctl.ListLoginsAsync, logins => logins.Count == count))
            .Select(login => login.AuthId),
    ];

    public static Task ApproveLoginAsync(this MeshNetwork network, string authId, string user = MeshNetwork.User) =>
        network.Meshctl.RunAsync(Token, "auth", "register", "--auth-id", authId, "--user", user);

    public static async Task<IReadOnlyList<string>> NodeKeysAsync(this MeshNetwork network) =>
        [.. (await network.Meshctl.ListNodesAsync(Token)).Select(row => row.NodeKey)];

    /// <summary>What a login of the same user leaves as it is: each node's id, name and addresses.</summary>
    public static async Task<IReadOnlyList<(long, string, string)>> KeptAsync(this MeshNetwork network) =>
        [.. (await network.Meshctl.ListNodesAsync(Token)).Select(row => (row.Id, row.GivenName, string.Join(' ', row.Addresses))).Order()];
}
