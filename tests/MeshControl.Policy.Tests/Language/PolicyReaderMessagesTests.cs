using MeshControl.Policy.Tests.Support;

namespace MeshControl.Policy.Tests.Language;

/// <summary>What the real service refuses, in its own words.</summary>
public sealed class PolicyReaderMessagesTests
{
    private const string Self = "autogroup:self can only be used with users, groups, or supported autogroups";

    /// <summary>Stands before each rule.</summary>
    private const string Names =
        """
        "groups": {"group:dev": ["alice@example.com"]},
        "hosts": {"srv": "100.64.0.16", "netblock": "10.0.0.0/8"},
        "tagOwners": {"tag:server": [], "tag:client": []},

        """;

    [Theory]
    [InlineData("""{"action": "deny", "src": ["*"], "dst": ["*:*"]}""", "action=\"deny\" is not supported", "\"deny\"")]
    [InlineData("""{"src": ["*"], "dst": ["*:*"]}""", "action=\"\" is not supported", "{\"src\"")]
    [InlineData("""{"action": "accept", "src": ["tag:none"], "dst": ["*:*"]}""", "src=tag not found: \"tag:none\"", "\"tag:none\"")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["tag:none:22"]}""", "dst=\"tag:none\": tag not found: \"tag:none\"", "\"tag:none:22\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:self"], "dst": ["*:*"]}""", "\"autogroup:self\" not valid on the src side of a rule", "\"autogroup:self\"")]
    [InlineData("""{"action": "accept", "src": ["tag:client"], "dst": ["autogroup:self:*"]}""", Self, "\"tag:client\"")]
    [InlineData("""{"action": "accept", "src": ["*", "srv"], "dst": ["autogroup:self:*"]}""", Self, "\"srv\"")]
    [InlineData("""{"action": "accept", "src": ["100.64.0.1"], "dst": ["autogroup:self:*"]}""", Self, "\"100.64.0.1\"")]
    [InlineData("""{"action": "accept", "src": ["group:dev", "autogroup:tagged"], "dst": ["autogroup:self:*"]}""", Self, "\"autogroup:tagged\"")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["tag:server:ssh"]}""", "dst=\"tag:server:ssh\": port range \"ssh\": invalid first integer", "\"tag:server:ssh\"")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["tag:server"]}""", "dst=\"tag:server\": port range \"server\": invalid first integer", "\"tag:server\"")]
    public void TryRead_Acl_IsRefused(string rule, string message, string at) => Refuses("acls", rule, message, at);

    [Theory]
    [InlineData("""{"src": ["tag:none"], "dst": ["*"], "ip": ["*"]}""", "src=tag not found: \"tag:none\"", "\"tag:none\"")]
    [InlineData("""{"src": ["autogroup:self"], "dst": ["*"], "ip": ["*"]}""", "\"autogroup:self\" not valid on the src side of a rule", "\"autogroup:self\"")]
    [InlineData("""{"src": ["tag:client"], "dst": ["autogroup:self"], "ip": ["*"]}""", Self, "\"tag:client\"")]
    [InlineData("""{"src": ["*"], "dst": ["autogroup:self"], "ip": ["*"]}""", Self, "\"*\"")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": ["icmp"]}""", "port range \"icmp\": invalid first integer", "\"icmp\"")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": ["22", "tcp:0"]}""", "port range \"0\": first port must be >0, or use '*' for wildcard", "\"tcp:0\"")]
    [InlineData("""{"src": ["*"], "dst": ["*"]}""", "ip and app can not both be empty", "{\"src\"")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": [], "app": {}}""", "ip and app can not both be empty", "{\"src\"")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "app": {"https://example.com/cap/x": []}}""", "capability name must have the form {domain}/{path}", "\"https:")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "app": {"tailscale.com/cap/ingress": []}}""", "capability name must not be in the tailscale.com domain", "\"tailscale.com")]
    [InlineData("""{"src": ["*"], "dst": ["autogroup:internet"], "app": {"example.com/cap/x": []}}""", "cannot use app grants with autogroup:internet", "\"autogroup:internet\"")]
    [InlineData("""{"src": ["*"], "dst": ["autogroup:internet"], "ip": ["*"], "app": {"example.com/cap/x": []}}""", "cannot use app grants with autogroup:internet", "\"autogroup:internet\"")]
    [InlineData("""{"src": ["autogroup:danger-all"], "dst": ["autogroup:danger-all"], "ip": ["*"]}""", "cannot use autogroup:danger-all as a dst", "\"autogroup:danger-all\"], \"ip")]
    [InlineData("""{"src": ["*"], "dst": ["10.0.0.0/8", "0.0.0.0/0", "::/0"], "ip": ["*"]}""", "dst \"0.0.0.0/0\": to allow all IP addresses, use \"*\" or \"autogroup:internet\"", "\"0.0.0.0/0\"")]
    [InlineData("""{"src": ["*"], "dst": ["::/0"], "via": ["tag:server"], "app": {"example.com/cap/x": []}}""", "dst \"::/0\": to allow all IP addresses, use \"*\" or \"autogroup:internet\"", "\"::/0\"")]
    [InlineData("""{"src": ["*"], "dst": ["10.0.0.0/8"], "ip": ["*"], "via": ["tag:server", "group:dev"]}""", "via can only be a tag", "\"group:dev\"")]
    [InlineData("""{"src": ["*"], "dst": ["10.0.0.0/8"], "ip": ["*"], "via": ["tag:none"]}""", "tag \"tag:none\" not found", "\"tag:none\"")]
    public void TryRead_Grant_IsRefused(string rule, string message, string at) => Refuses("grants", rule, message, at);

    [Theory]
    [InlineData("""{"src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"]}""", "action must be specified", "{\"src\"")]
    [InlineData("""{"action": " ", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"]}""", "action must be specified", "\" \"")]
    [InlineData("""{"action": "deny", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"]}""", "\"deny\" is not a valid action", "\"deny\"")]
    [InlineData("""{"action": "Accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"]}""", "\"Accept\" is not a valid action", "\"Accept\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"]}""", "users must be specified", "{\"action\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": null}""", "users must be specified", "{\"action\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": []}""", "users must be specified", "[]")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root", "*"]}""", "user \"*\" is not valid", "\"*\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": [""]}""", "user \"\" is not valid", "\"\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["localpart:*@example.org"]}""", "example.org is not associated with this Tailnet and cannot be used in user:*@<domain> expressions", "\"localpart")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["localpart:*@EXAMPLE.COM"]}""", "EXAMPLE.COM is not associated with this Tailnet and cannot be used in user:*@<domain> expressions", "\"localpart")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["localpart:*@*"]}""", "* is not associated with this Tailnet and cannot be used in user:*@<domain> expressions", "\"localpart")]
    [InlineData("""{"action": "accept", "src": ["user:*@example.org"], "dst": ["tag:server"], "users": ["root"]}""", "[ssh] example.org is not associated with this Tailnet and cannot be used in user:*@<domain> expressions", "\"user:")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"], "acceptEnv": ["TERM", ""]}""", "acceptEnv values cannot be empty", "\"\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["srv"], "users": ["root"]}""", "invalid dst \"srv\"", "\"srv\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:member"], "dst": ["netblock"], "users": ["root"]}""", "invalid dst \"netblock\"", "\"netblock\"")]
    [InlineData("""{"action": "check", "checkPeriod": "abc", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"]}""", "time: invalid duration \"abc\"", "\"abc\"")]
    [InlineData("""{"action": "check", "checkPeriod": "-1m", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"]}""", "checkPeriod -1m0s must be a positive duration", "\"-1m\"")]
    [InlineData("""{"action": "check", "checkPeriod": "168h0m1s", "src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"]}""", "checkPeriod 168h0m1s is above the max (168h)", "\"168h0m1s\"")]
    public void TryRead_Ssh_IsRefused(string rule, string message, string at) => Refuses("ssh", rule, message, at);

    [Theory]
    [InlineData("""{"target": ["%bogus%"]}""", "\"%bogus%\": invalid address", "\"%bogus%\"")]
    [InlineData("""{"target": ["tag:none"], "attr": ["funnel"]}""", "tag not found: \"tag:none\"", "\"tag:none\"")]
    [InlineData("""{"target": ["*"], "ipPool": ["100.100.100.0/24"]}""", "IPPool(100.100.100.0/24): network within reserved range", "\"100.100.100.0/24\"")]
    [InlineData("""{"target": ["*"], "ipPool": ["100.80.0.0/16", "100.64.0.0/10"]}""", "IPPool(100.64.0.0/10): network within reserved range", "\"100.64.0.0/10\"")]
    [InlineData("""{"target": ["*"], "ipPool": ["100.100.0.128/25"]}""", "IPPool(100.100.0.128/25): network within reserved range", "\"100.100.0.128/25\"")]
    [InlineData("""{"target": ["*"], "ipPool": ["100.115.93.0/24"]}""", "IPPool(100.115.93.0/24): network within reserved range", "\"100.115.93.0/24\"")]
    public void TryRead_NodeAttributes_AreRefused(string rule, string message, string at) => Refuses("nodeAttrs", rule, message, at);

    [Theory]
    [InlineData("""{"src": "alice@example.com", "dst": ["100.64.0.0/24"], "accept": ["root"]}""", "SSH tests dst contains disallowed element \"100.64.0.0/24\"", "\"100.64.0.0/24\"")]
    [InlineData("""{"src": "alice@example.com", "dst": ["autogroup:internet"], "accept": ["root"]}""", "SSH tests dst contains disallowed element \"autogroup:internet\"", "\"autogroup:internet\"")]
    [InlineData("""{"src": "alice@example.com", "dst": ["tag:server:22"], "accept": ["root"]}""", "SSH tests dst contains unknown tag \"tag:server:22\"", "\"tag:server:22\"")]
    public void TryRead_SshTest_IsRefused(string rule, string message, string at) => Refuses("sshTests", rule, message, at);

    [Theory]
    [InlineData("""{"groups": {"group:b": ["group:c"], "group:a": ["group:b"], "group:c": ["alice@example.com"]}}""", "groups[\"group:b\"]: \"group:c\": group members cannot be recursive")]
    [InlineData("""{"groups": {"group:a": ["group:b"], "group:b": ["group:a"]}}""", "groups[\"group:b\"]: \"group:a\": group members cannot be recursive")]
    [InlineData("""{"tagOwners": {"tag:сервер": []}}""", "tagOwners[\"tag:сервер\"]: tag names must start with a letter, after 'tag:'")]
    [InlineData("""{"tagOwners": {"tag:1a": []}}""", "tagOwners[\"tag:1a\"]: tag names must start with a letter, after 'tag:'")]
    [InlineData("""{"tagOwners": {"tag:": []}}""", "tagOwners[\"tag:\"]: tag names must start with a letter, after 'tag:'")]
    public void TryRead_Names_AreRefused(string text, string message) => Assert.Equal(message, Read.Bad(text).Message);

    [Fact]
    public void TryRead_SeveralProblems_TellsThoseOfEarlierSectionsFirst()
    {
        string[] sections =
        [
            """  "sshTests": [{"src": "a@", "dst": ["autogroup:internet"]}],""",
            """  "nodeAttrs": [{"target": ["tag:none"]}],""",
            """  "ssh": [{"action": "deny"}],""",
            """  "grants": [{}],""",
            """  "acls": [{"action": "deny"}],""",
            """  "tagOwners": {"tag:1": []},""",
            """  "groups": {"group:a": ["group:a"]},""",
            """  "groups": }""",
        ];
        var found = Enumerable.Range(1, sections.Length)
            .Select(count => Read.Bad($"{{\n{string.Join('\n', sections.Take(count))}\n}}").Position!.Value.Line - 1);
        Assert.Equal(Enumerable.Range(1, sections.Length), found);
    }

    private static void Refuses(string section, string rule, string message, string at)
    {
        var text = $"{{\n{Names}\"{section}\": [\n// the rule\n{rule},\n]}}";

        var error = Read.Bad(text);

        Assert.Equal(message, error.Message);
        Assert.Equal((7, rule.IndexOf(at, StringComparison.Ordinal) + 1), (error.Position!.Value.Line, error.Position.Value.Column));
        Assert.Equal(rule + ",", error.SourceLine);
    }
}
