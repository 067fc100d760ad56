using MeshControl.Policy.Language;
using MeshControl.Policy.Tests.Support;

namespace MeshControl.Policy.Tests.Language;

/// <summary>What looks odd and is accepted.</summary>
public sealed class PolicyReaderAcceptedTests
{
    [Theory]
    [InlineData("")]
    [InlineData("// nothing yet\n")]
    [InlineData("{}")]
    [InlineData("""{"acls": null, "grants": null, "ssh": null, "groups": null, "autoApprovers": null, "derpMap": null, "randomizeClientPort": null}""")]
    public void TryRead_NoSections_IsThePolicyOfADefault(string text)
    {
        var file = Read.Good(text);
        Assert.Equal(text, file.Text);
        Assert.Null(file.Acls);
        Assert.Null(file.Grants);
        Assert.Null(file.DerpMap);
    }

    [Fact]
    public void TryRead_EmptySections_AreNotAbsent()
    {
        var file = Read.Good("""{"acls": [], "grants": []}""");
        Assert.Empty(file.Acls!.Value);
        Assert.Empty(file.Grants!.Value);
    }

    [Fact]
    public void TryRead_Text_IsKeptAsItIs()
    {
        const string Text = "// mine\r\n{\t\"acls\" : [ ], /* later */ }\n\n";
        Assert.Equal(Text, Read.Good(Text).Text);
    }

    [Theory]
    [InlineData("""{"grants": [{"src": [], "dst": ["*"], "ip": ["*"]}]}""")]
    [InlineData("""{"grants": [{"src": ["*"], "dst": [], "ip": ["*"]}]}""")]
    [InlineData("""{"grants": [{"ip": ["*"]}]}""")]
    [InlineData("""{"acls": [{"action": "accept", "src": [], "dst": []}]}""")]
    [InlineData("""{"ssh": [{"action": "accept", "src": [], "dst": ["autogroup:self"], "users": ["root"]}]}""")]
    [InlineData("""{"ssh": [{"action": "accept", "users": ["root"]}]}""")]
    [InlineData("""{"ssh": [{"action": "check", "checkPeriod": null, "acceptEnv": null, "users": ["root"]}]}""")]
    [InlineData("""{"groups": {"group:none": []}, "acls": [{"action": "accept", "src": ["group:none", "nobody@"], "dst": ["*:*"]}]}""")]
    [InlineData("""{"groups": {"group:none": null}, "tagOwners": {"tag:a": null}}""")]
    [InlineData("""{"tagOwners": {"tag:a": ["tag:b"], "tag:b": ["tag:a"], "tag:c": ["tag:c"]}}""")]
    [InlineData("""{"tagOwners": {"tag:a": ["alice@", "group:g", "user:*@example.com", "autogroup:admin", "autogroup:member"]}, "groups": {"group:g": ["user:*@example.com"]}}""")]
    [InlineData("""{"nodeAttrs": []}""")]
    [InlineData("""{"nodeAttrs": [{"target": ["*"]}, {"target": ["10.0.0.0/8", "autogroup:shared"], "attr": ["unknown", "unknown"]}, {}]}""")]
    [InlineData("""{"hosts": {"far": "8.8.8.8"}, "acls": [{"action": "accept", "src": ["far"], "dst": ["far:53"]}]}""")]
    [InlineData("""{"tests": [{"src": "a@", "accept": ["b@:1"]}, {"src": "a@", "accept": ["b@:1"]}, {}, {"src": "", "proto": "icmp"}]}""")]
    [InlineData("""{"sshTests": [{}, {"src": "none", "dst": ["none", "group:none", "fd7a::1", "a@", "autogroup:member"], "accept": [""]}]}""")]
    [InlineData("""{"acls": [{"action": "accept", "src": ["0.0.0.0/0", "::/0"], "dst": ["0.0.0.0/0:*", "[::/0]:*", "[::]/0:22", "fd7a::1:22"]}]}""")]
    [InlineData("""{"acls": [{"action": "accept", "src": ["*", "group:g", "user:*@example.com"], "dst": ["autogroup:self:*"]}], "groups": {"group:g": []}}""")]
    [InlineData("""{"acls": [{"action": "accept", "src": ["autogroup:owner", "autogroup:shared", "autogroup:danger-all"], "dst": ["autogroup:admin:22", "autogroup:internet:*"]}]}""")]
    [InlineData("""{"grants": [{"src": ["*"], "dst": ["*"], "app": {"example.com/a/b/c/d/e/f": [{}], "my-company.internal/cap/access": [], "tailscale.com/cap/drive": null}}]}""")]
    public void TryRead_Odd_IsAccepted(string text) => Read.Good(text);

    [Theory]
    [InlineData("autogroup:self")]
    [InlineData("autogroup:member")]
    [InlineData("group:x")]
    [InlineData("localpart:")]
    [InlineData("localpart:x")]
    [InlineData("localpart:*@")]
    [InlineData("localpart:x@example.org")]
    [InlineData("مستخدم")]
    public void TryRead_SshUser_OfAnyOtherForm_IsALoginName(string user)
    {
        var file = Read.Good($$"""{"ssh": [{"action": " accept ", "src": ["a@"], "dst": ["A@"], "users": ["\t{{user}}"]}]}""");
        Assert.Equal([user], file.Ssh.Single().Users);
    }

    [Theory]
    [InlineData("0s", 0)]
    [InlineData("always", 0)]
    [InlineData("30s", 30)]
    [InlineData("168h", 604_800)]
    public void TryRead_CheckPeriod_HasNoLowerBound(string period, int seconds)
    {
        var file = Read.Good($$"""{"ssh": [{"action": "check", "checkPeriod": "{{period}}", "src": ["a@"], "dst": ["a@"], "users": ["root"]}]}""");
        Assert.Equal(TimeSpan.FromSeconds(seconds), file.Ssh.Single().CheckPeriod);
    }

    [Fact]
    public void TryRead_CheckPeriodOfOneNanosecond_IsMoreThanNone() =>
        Assert.Equal(
            new TimeSpan(1),
            Read.Good("""{"ssh": [{"action": "check", "checkPeriod": "1ns", "src": ["a@"], "dst": ["a@"], "users": ["root"]}]}""").Ssh.Single().CheckPeriod);

    [Fact]
    public void TryRead_AcceptEnv_IsPassedOnAsWritten()
    {
        var file = Read.Good("""{"ssh": [{"action": "accept", "users": ["root"], "acceptEnv": ["*X", "X*Y", " T ", "CUSTOM_?"]}]}""");
        Assert.Equal(["*X", "X*Y", " T ", "CUSTOM_?"], file.Ssh.Single().AcceptEnv);
    }

    [Fact]
    public void TryRead_NamesOfMembers_AreFoundInAnyCase()
    {
        var file = Read.Good("""{"ACLS": [{"Action": "accept", "SRC": ["A@"], "Dst": ["*:22"], "PROTO": "TCP"}], "RandomizeClientPort": true}""");
        var rule = file.Acls!.Value.Single();
        Assert.Equal((6, true), (rule.Protocol, file.RandomizeClientPort));
        Assert.Equal([new UserAlias("a@")], rule.Sources);
    }

    [Fact]
    public void TryRead_OldNames_AreTheSame()
    {
        var file = Read.Good("""{"acls": [{"action": "accept", "users": ["a@"], "ports": ["b@:22"]}], "tests": [{"user": "a@", "allow": ["b@:22"], "deny": ["b@:23"]}]}""");
        var rule = file.Acls!.Value.Single();
        Assert.Equal([new UserAlias("a@")], rule.Sources);
        Assert.Equal([new UserAlias("b@")], rule.Destinations.Select(destination => destination.Alias));
        Assert.Equal(("a@", "b@:22"), (file.Tests.Single().Source, file.Tests.Single().Accept.Single()));
    }

    [Fact]
    public void TryRead_NotesInAcls_AreIgnored()
    {
        var file = Read.Good("""{"acls": [{"#ha-meta": {"name": "x"}, "# note": null, "action": "accept", "src": ["*"], "dst": ["*:*"]}]}""");
        Assert.Single(file.Acls!.Value);
        Assert.StartsWith("an entry of grants has no member \"#\"", Read.Bad("""{"grants": [{"#": 1}]}""").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_TailnetWithoutListOfDomains_TakesAnyDomain() =>
        Assert.True(PolicyReader.TryRead(
            """{"ssh": [{"action": "accept", "src": ["user:*@example.org"], "dst": ["autogroup:self"], "users": ["localpart:*@example.net"]}]}""",
            new() { Domains = null },
            out _,
            out _));

    [Fact]
    public void TryRead_LongestText_IsReadAndOneCharacterMoreIsNot()
    {
        var longest = "{}".PadRight(PolicyReader.MaxLength);
        Assert.Equal(longest, Read.Good(longest).Text);
        Assert.Null(Read.Bad(longest + "\n").Position);
    }

    [Fact]
    public void TryRead_ManyRules_AllAreRead()
    {
        var rules = Enumerable.Range(1, 1000).Select(number => $$"""{"action": "accept", "src": ["user{{number}}@example.com"], "dst": ["10.0.0.0/8:{{number}}"]}""");
        var file = Read.Good($"{{\"acls\": [\n{string.Join(",\n", rules)}\n]}}");
        Assert.Equal(1000, file.Acls!.Value.Length);
        Assert.Equal(Enumerable.Range(2, 1000), file.Acls.Value.Select(rule => rule.Position.Line));
    }
}
