using System.Text.Json;
using MeshControl.ClientTests.Policies;

namespace MeshControl.ClientTests;

/// <summary>What a node's services learn of their callers.</summary>
[Collection(nameof(PolicyLab))]
public sealed class PolicyGrantTests(PolicyLab lab)
{
    private const string Drive = "tailscale.com/cap/drive";
    private const string DriveSharer = "tailscale.com/cap/drive-sharer";
    private const string Relay = "tailscale.com/cap/relay";
    private const string RelayTarget = "tailscale.com/cap/relay-target";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Acceptance", "TestGrantPolicies/grant_cap_compilation")]
    [Trait("Acceptance", "TestGrantPolicies/mixed_grants_and_acls")]
    [Trait("Acceptance", "TestGrantPolicies/grant_policy_update_propagation")]
    public async Task Set_GrantOfCapabilities_WhoisTellsThemWhereTheyAreGranted()
    {
        var network = await lab.GetAsync();
        await network.SetPolicyAsync("""{"grants": [{"src": ["alice@"], "dst": ["postgres@example.com"], "ip": ["tcp:22"]}]}""");
        Assert.Equal("", await CapabilitiesAsync(network, asker: "b1", of: "a1"));

        await network.SetPolicyAsync(
            $$"""
            {
              "grants": [
                {
                  "src": ["alice@"], "dst": ["postgres@example.com"],
                  "app": {"example.com/cap/printer": [{"paper": "A4"}, {"colour": true}], "{{Drive}}": [{"shares": ["*"], "access": "ro"}], "{{Relay}}": []},
                },
              ],
              "acls": [{"action": "accept", "src": ["alice@"], "dst": ["postgres@example.com:80"]}],
            }
            """);

        foreach (var (alices, bobs) in new[] { ("a1", "b1"), ("a2", "b2") })
        {
            Assert.Equal(
                $$"""example.com/cap/printer=[{"paper":"A4"},{"colour":true}] {{Drive}}=[{"shares":["*"],"access":"ro"}] {{Relay}}""",
                await CapabilitiesAsync(network, asker: bobs, of: alices));
            Assert.Equal($"{DriveSharer} {RelayTarget}", await CapabilitiesAsync(network, asker: alices, of: bobs));
        }

        await network.ReachesAsync("a1 > b1:80 answered");
        await network.ReachesAsync("a1 > b1:22 refused");
    }

    /// <summary>The capabilities of a peer, as a service on the asker's host would be told them; ordered by name.</summary>
    private static async Task<string> CapabilitiesAsync(PolicyNetwork network, string asker, string of)
    {
        var answer = (await network[asker].RunAsync(Token, "whois", "--json", network.Address(of))).OrThrow().Output;
        using var document = JsonDocument.Parse(answer);
        var capabilities = document.RootElement.GetProperty("CapMap");
        return capabilities.ValueKind == JsonValueKind.Null
            ? ""
            : string.Join(' ', capabilities.EnumerateObject()
                .OrderBy(capability => capability.Name, StringComparer.Ordinal)
                .Select(capability => capability.Value.ValueKind == JsonValueKind.Null || capability.Value.GetArrayLength() == 0
                    ? capability.Name
                    : $"{capability.Name}={JsonSerializer.Serialize(capability.Value)}"));
    }
}
