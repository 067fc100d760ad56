using MeshControl.Core.Nodes;
using MeshControl.FunctionalTests.Support;
using MeshControl.LoadTest;
using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Crowds;

namespace MeshControl.FunctionalTests.Load;

/// <summary>
/// A few seconds of everything at once: joins, roams, logouts, restarts, policies, routes and tags. tests/measure-mixed.sh does the
/// same with more nodes, for longer, and against the published server.
/// </summary>
public sealed class MixedLoadTests
{
    private const int Groups = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task Run_EverythingAtOnce_NodesBelieveWhatTheServerSays(int seed, bool ownOnly)
    {
        await using var server = await TestServer.StartAsync();
        var options = await OptionsAsync(server) with { Seed = seed, OwnOnly = ownOnly, Scenarios = ["mixed"] };
        await options.SetPolicy!(CrowdPolicies.Plain(ownOnly, 1), Token);
        using var output = new StringWriter();

        var status = await LoadProgram.RunAsync(options, output, Token);

        Assert.True(status == LoadProgram.Success, output.ToString());
        Assert.Equal(2, output.ToString().Split("oracle: every node believes what the server says").Length - 1);
    }

    [Fact]
    public async Task Run_PoliciesAndGroups_AllSeeEach()
    {
        await using var server = await TestServer.StartAsync();
        var options = await OptionsAsync(server) with { Changes = 3, Policies = 2, OwnOnly = true, Scenarios = ["policy", "late", "storm"], Sample = 5 };
        await options.SetPolicy!(CrowdPolicies.Plain(ownOnly: true, 1), Token);
        using var output = new StringWriter();

        var status = await LoadProgram.RunAsync(options, output, Token);

        Assert.True(status == LoadProgram.Success, output.ToString());
        Assert.Equal(4, output.ToString().Split("oracle: every node believes what the server says (5 looked at)").Length - 1);
    }

    /// <summary>Every policy that mixed runs may set is one that the server takes.</summary>
    [Fact]
    public async Task SetPolicy_EachOfTheMixedOnes_IsAccepted()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateUserWithKeyAsync("someone");
        for (var number = 0; number < CrowdPolicies.MixedCount; number++)
        {
            var text = CrowdPolicies.Mixed(number, (ushort)(number + 1));
            var result = await server.Tailnet.Policies.SetAsync(text, "test", Token);
            Assert.True(result.TryGetValue(out _, out var error), $"{error} of {text}");
        }
    }

    private static async Task<LoadOptions> OptionsAsync(TestServer server)
    {
        var keys = new List<string>();
        for (var group = 0; group < Groups; group++)
        {
            keys.Add(await server.CreateUserWithKeyAsync($"user{group}"));
        }

        return new LoadOptions
        {
            LoginServer = server.Url,
            AuthKeys = keys,
            Nodes = 24,
            Rate = 40,
            Length = TimeSpan.FromSeconds(4),
            SetPolicy = async (text, token) =>
            {
                var result = await server.Tailnet.Policies.SetAsync(text, "test", token);
                Assert.True(result.TryGetValue(out _, out var error), $"{error} of {text}");
            },
            Administer = (id, number, _) => (number % 4) switch
            {
                0 => server.ExecuteAsync(new TagNodeCommand(new(id), ["tag:load"])),
                1 => server.ExecuteAsync(new RenameNodeCommand(new(id), $"named-{id}-{number % 100}")),
                2 => server.ExecuteAsync(new ExpireNodeCommand(new(id)) { Lifetime = TimeSpan.FromHours(1) }),
                _ => server.ExecuteAsync(new ExpireNodeCommand(new(id)) { Never = true }),
            },
        };
    }
}
