using MeshControl.Policy.Language.Reading;
using MeshControl.Policy.Tests.Support;

namespace MeshControl.Policy.Tests.Language;

/// <summary>What we refuse where nothing is known of the real service, in words of our own.</summary>
public sealed class PolicyReaderRefusalTests
{
    private const string Names =
        """
        "groups": {"group:dev": ["alice@example.com"]},
        "hosts": {"srv": "100.64.0.16", "lan": "10.0.0.0/8"},
        "tagOwners": {"tag:server": [], "tag:client": []},
        "ipsets": {"ipset:lab": ["10.2.0.0/16"]},
        "postures": {"posture:ok": ["node:os == 'linux'"]},

        """;

    [Theory]
    [InlineData("[]", "the policy must be an object in braces, not a list")]
    [InlineData("""{"acl": []}""", "the policy has no member \"acl\"; it may have groups, hosts")]
    [InlineData("""{"acls": [], "ACLs": []}""", "the policy has \"acls\" twice; leave one of them out")]
    [InlineData("""{"acls": {}}""", "\"acls\" must be a list in square brackets, not an object")]
    [InlineData("""{"acls": [null]}""", "an entry of acls must be an object in braces, not null")]
    [InlineData("""{"grants": ["x"]}""", "an entry of grants must be an object in braces, not a string")]
    [InlineData("""{"groups": []}""", "\"groups\" must be an object in braces, not a list")]
    [InlineData("""{"randomizeClientPort": "yes"}""", "\"randomizeClientPort\" must be true or false, not a string")]
    [InlineData("""{"disableIPv4": 1}""", "\"disableIPv4\" must be true or false, not a number")]
    [InlineData("""{"OneCGNATRoute": "mac"}""", "OneCGNATRoute \"mac\" is not known; write mac-always, mac-never or \"\"")]
    [InlineData("""{"OneCGNATRoute": true}""", "\"OneCGNATRoute\" must be a string in double quotes, not true or false")]
    public void TryRead_Shape_IsRefused(string text, string message) =>
        Assert.StartsWith(message, Read.Bad(text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"groups": {"group:a": ["alice"]}}""", "groups[\"group:a\"]: \"alice\": group members are users, such as alice@example.com or alice@")]
    [InlineData("""{"tagOwners": {"tag:a": []}, "groups": {"group:a": ["tag:a"]}}""", "groups[\"group:a\"]: \"tag:a\": group members are users")]
    [InlineData("""{"groups": {"group:a": ["autogroup:member"]}}""", "groups[\"group:a\"]: \"autogroup:member\": group members are users")]
    [InlineData("""{"groups": {"group:a": ["user:*@example.org"]}}""", "groups[\"group:a\"]: example.org is not associated with this Tailnet")]
    [InlineData("""{"groups": {"dev": []}}""", "groups[\"dev\"]: a group is named group: and something, such as group:dev")]
    [InlineData("""{"groups": {"group:": []}}""", "groups[\"group:\"]: a group is named group: and something, such as group:dev")]
    [InlineData("""{"groups": {"group:a": "alice@"}}""", "\"group:a\" must be a list in square brackets, not a string")]
    [InlineData("""{"groups": {"group:a": [1]}}""", "\"group:a\" must hold strings only, not a number")]
    [InlineData("""{"groups": {"group:a": [], " group:a": []}}""", "groups[\"group:a\"] is defined twice; leave one of them out")]
    [InlineData("""{"tagOwners": {"server": []}}""", "tagOwners[\"server\"]: a tag is named tag: and something, such as tag:server")]
    [InlineData("""{"tagOwners": {"tag:a_b": []}}""", "tagOwners[\"tag:a_b\"]: a tag name consists of the letters A to Z, digits and dashes")]
    [InlineData("""{"tagOwners": {"tag:a": [], "tag:a ": []}}""", "tagOwners[\"tag:a\"] is defined twice; leave one of them out")]
    [InlineData("""{"tagOwners": {"tag:a": ["tag:b"]}}""", "tagOwners[\"tag:a\"]: tag not found: \"tag:b\"")]
    [InlineData("""{"tagOwners": {"tag:a": ["group:b"]}}""", "tagOwners[\"tag:a\"]: group not found: \"group:b\"")]
    [InlineData("""{"tagOwners": {"tag:a": ["*"]}}""", "tagOwners[\"tag:a\"]: \"*\" cannot be an owner; name a user, a group, a tag or a role")]
    [InlineData("""{"tagOwners": {"tag:a": ["10.0.0.1"]}}""", "tagOwners[\"tag:a\"]: \"10.0.0.1\" cannot be an owner")]
    [InlineData("""{"tagOwners": {"tag:a": ["autogroup:self"]}}""", "tagOwners[\"tag:a\"]: \"autogroup:self\" cannot be an owner")]
    [InlineData("""{"tagOwners": {"tag:a": ["alice"]}}""", "tagOwners[\"tag:a\"]: \"alice\": invalid address")]
    [InlineData("""{"hosts": {"a:b": "10.0.0.1"}}""", "hosts[\"a:b\"]: a host is named without : @ / and *, and not like an address")]
    [InlineData("""{"hosts": {"": "10.0.0.1"}}""", "hosts[\"\"]: a host is named without")]
    [InlineData("""{"hosts": {"10.0.0.1": "10.0.0.2"}}""", "hosts[\"10.0.0.1\"]: a host is named without")]
    [InlineData("""{"hosts": {"1.1.1.1-1.1.1.2": "10.0.0.2"}}""", "hosts[\"1.1.1.1-1.1.1.2\"]: a host is named without")]
    [InlineData("""{"hosts": {"a": "10.0.0.256"}}""", "hosts[\"a\"]: \"10.0.0.256\" is neither an address nor a prefix such as 10.0.0.0/8")]
    [InlineData("""{"hosts": {"a": "10.0.0.0/33"}}""", "hosts[\"a\"]: \"10.0.0.0/33\" is neither an address nor a prefix")]
    [InlineData("""{"hosts": {"a": null}}""", "\"a\" must be a string in double quotes, not null")]
    [InlineData("""{"hosts": {"a": "10.0.0.1", "a ": "10.0.0.1"}}""", "hosts[\"a\"] is defined twice; leave one of them out")]
    public void TryRead_Names_AreRefused(string text, string message) =>
        Assert.StartsWith(message, Read.Bad(text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"actoin": "accept"}""", "an entry of acls has no member \"actoin\"; it may have action, src, dst, proto, srcPosture")]
    [InlineData("""{"action": "accept", "src": ["*"], "ports": ["*:*"]}""", "an entry of acls has src and dst, or users and ports as in old files, but not both")]
    [InlineData("""{"action": "accept", "src": "*", "dst": ["*:*"]}""", "\"src\" must be a list in square brackets, not a string")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["srv"]}""", "dst=\"srv\" has no ports; write \"srv:*\" for all of them")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": [":22"]}""", "dst=\"\": \"\": invalid address")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["none:22"]}""", "dst=\"none\": \"none\": invalid address")]
    [InlineData("""{"action": "accept", "src": ["none"], "dst": ["*:*"]}""", "src=\"none\": invalid address")]
    [InlineData("""{"action": "accept", "src": ["alice"], "dst": ["*:*"]}""", "src=\"alice\": invalid address")]
    [InlineData("""{"action": "accept", "src": ["group:none"], "dst": ["*:*"]}""", "src=group not found: \"group:none\"")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["group:none:22"]}""", "dst=\"group:none\": group not found: \"group:none\"")]
    [InlineData("""{"action": "accept", "src": ["autogroup:internet"], "dst": ["*:*"]}""", "\"autogroup:internet\" not valid on the src side of a rule")]
    [InlineData("""{"action": "accept", "src": ["autogroup:nonroot"], "dst": ["*:*"]}""", "\"autogroup:nonroot\" not valid on the src side of a rule")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["autogroup:danger-all:*"]}""", "cannot use autogroup:danger-all as a dst")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["autogroup:shared:*"]}""", "\"autogroup:shared\" not valid on the dst side of a rule")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["autogroup:nonroot:*"]}""", "\"autogroup:nonroot\" not valid on the dst side of a rule")]
    [InlineData("""{"action": "accept", "src": ["lan"], "dst": ["autogroup:self:*"]}""", "autogroup:self can only be used with")]
    [InlineData("""{"action": "accept", "src": ["autogroup:danger-all"], "dst": ["autogroup:self:*"]}""", "autogroup:self can only be used with")]
    [InlineData("""{"action": "accept", "src": ["ipset:lab"], "dst": ["autogroup:self:*"]}""", "autogroup:self can only be used with")]
    [InlineData("""{"action": "accept", "src": ["user:*@example.org"], "dst": ["*:*"]}""", "[acls] example.org is not associated with this Tailnet")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["user:*@example.org:*"]}""", "[acls] example.org is not associated with this Tailnet")]
    [InlineData("""{"action": "accept", "proto": "icmp", "src": ["*"], "dst": ["*:80"]}""", "dst=\"*:80\": protocol icmp has no ports; only \"*\" can stand for them")]
    [InlineData("""{"action": "accept", "proto": "47", "src": ["*"], "dst": ["*:*", "*:1,2"]}""", "dst=\"*:1,2\": protocol gre has no ports")]
    [InlineData("""{"action": "accept", "proto": "*", "src": ["*"], "dst": ["*:*"]}""", "proto=\"*\" is not known; write a name such as tcp, or a number from 1 to 255 without leading zeros")]
    [InlineData("""{"action": "accept", "proto": "06", "src": ["*"], "dst": ["*:*"]}""", "proto=\"06\" is not known")]
    [InlineData("""{"action": "accept", "proto": "0", "src": ["*"], "dst": ["*:*"]}""", "proto=\"0\" is not known")]
    [InlineData("""{"action": "accept", "proto": "256", "src": ["*"], "dst": ["*:*"]}""", "proto=\"256\" is not known")]
    [InlineData("""{"action": "accept", "proto": "foo", "src": ["*"], "dst": ["*:*"]}""", "proto=\"foo\" is not known")]
    [InlineData("""{"action": "accept", "proto": 6, "src": ["*"], "dst": ["*:*"]}""", "\"proto\" must be a string in double quotes, not a number")]
    [InlineData("""{"action": "accept", "src": ["*"], "dst": ["*:*"], "srcPosture": ["posture:none"]}""", "srcPosture: posture not found: \"posture:none\"; define it in postures")]
    public void TryRead_Acl_IsRefused(string rule, string message) => Refuses("acls", rule, message);

    [Theory]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": ["*"], "proto": "tcp"}""", "an entry of grants has no member \"proto\"")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": ["tcp:22:80"]}""", "ip \"tcp:22:80\" has more than one colon; write ports, or a protocol, a colon and ports, such as tcp:443")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": ["foo:22"]}""", "ip \"foo:22\": there is no protocol \"foo\"; write a name such as tcp, or a number from 1 to 255")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": ["icmp:22"]}""", "ip \"icmp:22\": protocol icmp has no ports; write icmp:*")]
    [InlineData("""{"src": ["*"], "dst": ["tag:none"], "ip": ["*"]}""", "dst=\"tag:none\": tag not found: \"tag:none\"")]
    [InlineData("""{"src": ["*"], "dst": ["srv:22"], "ip": ["*"]}""", "dst=\"srv:22\": \"srv:22\": invalid address")]
    [InlineData("""{"src": ["srv"], "dst": ["autogroup:self"], "ip": ["*"]}""", "autogroup:self can only be used with")]
    [InlineData("""{"src": ["user:*@example.org"], "dst": ["*"], "ip": ["*"]}""", "[grants] example.org is not associated with this Tailnet")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "app": {"drive": []}}""", "capability name must have the form {domain}/{path}")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "app": {"/x": []}}""", "capability name must have the form {domain}/{path}")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "app": {"example.com/": []}}""", "capability name must have the form {domain}/{path}")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "app": {"Tailscale.com/cap/drive": []}}""", "capability name must not be in the tailscale.com domain")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "app": {"example.com/x": {}}}""", "\"example.com/x\" must be a list in square brackets, not an object")]
    [InlineData("""{"src": ["*"], "dst": ["*"], "ip": ["*"], "via": ["*"]}""", "via can only be a tag")]
    public void TryRead_Grant_IsRefused(string rule, string message) => Refuses("grants", rule, message);

    [Theory]
    [InlineData("*", "tag:server", "invalid src \"*\"")]
    [InlineData("srv", "tag:server", "invalid src \"srv\"")]
    [InlineData("100.64.0.1", "tag:server", "invalid src \"100.64.0.1\"")]
    [InlineData("autogroup:self", "tag:server", "invalid src \"autogroup:self\"")]
    [InlineData("autogroup:danger-all", "tag:server", "invalid src \"autogroup:danger-all\"")]
    [InlineData("tag:none", "tag:server", "tag not found: \"tag:none\"")]
    [InlineData("autogroup:member", "tag:none", "tag not found: \"tag:none\"")]
    [InlineData("autogroup:member", "*", "invalid dst \"*\"")]
    [InlineData("autogroup:member", "100.64.0.1", "invalid dst \"100.64.0.1\"")]
    [InlineData("autogroup:member", "group:dev", "invalid dst \"group:dev\"")]
    [InlineData("autogroup:member", "user:*@example.com", "invalid dst \"user:*@example.com\"")]
    [InlineData("autogroup:member", "autogroup:internet", "invalid dst \"autogroup:internet\"")]
    [InlineData("autogroup:member", "autogroup:admin", "invalid dst \"autogroup:admin\"")]
    [InlineData("autogroup:member", "alice@example.com", "dst \"alice@example.com\": a user as dst needs the same user as the only src")]
    [InlineData("tag:client", "alice@example.com", "dst \"alice@example.com\": a user as dst needs the same user as the only src")]
    [InlineData("tag:client", "autogroup:member", "tagged nodes as src cannot have autogroup:member as dst")]
    [InlineData("autogroup:tagged", "autogroup:member", "tagged nodes as src cannot have autogroup:member as dst")]
    [InlineData("tag:client", "autogroup:self", "autogroup:self can only be used with users, groups, or supported autogroups")]
    [InlineData("autogroup:tagged", "autogroup:self", "autogroup:self can only be used with users, groups, or supported autogroups")]
    public void TryRead_SshSides_AreRefused(string source, string destination, string message) =>
        Refuses("ssh", $$"""{"action": "accept", "src": ["{{source}}"], "dst": ["{{destination}}"], "users": ["root"]}""", message);

    [Theory]
    [InlineData("\"action\": \"accept\", \"checkPeriod\": \"1h\"", "checkPeriod needs the action \"check\"; with \"accept\" nobody is checked")]
    [InlineData("\"action\": \"check\", \"checkPeriod\": \"30\"", "time: missing unit in duration \"30\"")]
    [InlineData("\"action\": \"check\", \"checkPeriod\": 30", "\"checkPeriod\" must be a string in double quotes, not a number")]
    [InlineData("\"action\": \"accept\", \"acceptEnv\": [\" \"]", "acceptEnv values cannot be empty")]
    [InlineData("\"action\": \"accept\", \"recorder\": [\"group:dev\"]", "recorder \"group:dev\": sessions are recorded by nodes with a tag; name a tag")]
    [InlineData("\"action\": \"accept\", \"recorder\": [\"tag:none\"]", "tag not found: \"tag:none\"")]
    [InlineData("\"action\": \"accept\", \"enforceRecorder\": \"no\"", "\"enforceRecorder\" must be true or false, not a string")]
    [InlineData("\"action\": \"accept\", \"proto\": \"tcp\"", "an entry of ssh has no member \"proto\"")]
    public void TryRead_Ssh_IsRefused(string members, string message) =>
        Refuses("ssh", $$"""{"src": ["autogroup:member"], "dst": ["tag:server"], "users": ["root"], {{members}}}""", message);

    [Theory]
    [InlineData("""{"target": ["autogroup:self"]}""", "\"autogroup:self\" is not valid as a target of nodeAttrs, since it names no nodes")]
    [InlineData("""{"target": ["autogroup:internet"]}""", "\"autogroup:internet\" is not valid as a target")]
    [InlineData("""{"target": ["autogroup:danger-all"]}""", "\"autogroup:danger-all\" is not valid as a target")]
    [InlineData("""{"target": ["svc:x"]}""", "\"svc:x\" is not valid as a target")]
    [InlineData("""{"target": ["user:*@example.org"]}""", "[nodeAttrs] example.org is not associated with this Tailnet")]
    [InlineData("""{"target": ["*"], "attr": [""]}""", "an attribute in attr is empty; name it, or leave it out")]
    [InlineData("""{"target": ["*"], "attr": "funnel"}""", "\"attr\" must be a list in square brackets, not a string")]
    [InlineData("""{"target": ["*"], "ipPool": ["10.0.0.0/24"]}""", "IPPool(10.0.0.0/24): network not within 100.64.0.0/10")]
    [InlineData("""{"target": ["*"], "ipPool": ["fd7a:115c:a1e0::/64"]}""", "IPPool(fd7a:115c:a1e0::/64): network not within 100.64.0.0/10")]
    [InlineData("""{"target": ["*"], "ipPool": ["x"]}""", "IPPool(x): not a prefix such as 100.80.0.0/16")]
    [InlineData("""{"target": ["*"], "app": {"connectors": []}}""", "capability name must have the form {domain}/{path}")]
    [InlineData("""{"target": ["*"], "attrs": []}""", "an entry of nodeAttrs has no member \"attrs\"")]
    public void TryRead_NodeAttributes_AreRefused(string rule, string message) => Refuses("nodeAttrs", rule, message);

    [Theory]
    [InlineData("""{"routes": {"10.0.0.0/8": ["tag:none"]}}""", "autoApprovers: tag not found: \"tag:none\"")]
    [InlineData("""{"routes": {"10.0.0.0/8": ["group:none"]}}""", "autoApprovers: group not found: \"group:none\"")]
    [InlineData("""{"routes": {"10.0.0.0/8": ["*"]}}""", "autoApprovers: \"*\" cannot be an approver; name a user, a group, a tag or a role")]
    [InlineData("""{"exitNode": ["10.0.0.1"]}""", "autoApprovers: \"10.0.0.1\" cannot be an approver")]
    [InlineData("""{"exitNode": ["autogroup:tagged"]}""", "autoApprovers: \"autogroup:tagged\" cannot be an approver")]
    [InlineData("""{"routes": {"lan": ["tag:a"]}}""", "autoApprovers.routes[\"lan\"]: not a prefix such as 10.0.0.0/8")]
    [InlineData("""{"routes": {"10.0.0.0/8": [], "10.1.0.0/8": []}}""", "autoApprovers.routes[\"10.1.0.0/8\"] is defined twice; leave one of them out")]
    [InlineData("""{"services": {"db": ["tag:a"]}}""", "autoApprovers.services[\"db\"]: \"db\": invalid address")]
    [InlineData("""{"services": {"*": ["tag:a"]}}""", "autoApprovers.services[\"*\"]: name a service as svc:name, or a tag")]
    [InlineData("""{"services": {"svc:a": [], " svc:a": []}}""", "autoApprovers.services[\"svc:a\"] is defined twice; leave one of them out")]
    [InlineData("""{"exitnodes": []}""", "autoApprovers has no member \"exitnodes\"; it may have routes, exitNode, services")]
    public void TryRead_AutoApprovers_AreRefused(string section, string message) =>
        Assert.StartsWith(message, Read.Bad($$"""{"tagOwners": {"tag:a": []}, "autoApprovers": {{section}}}""").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("tests", """{"src": ["a@"]}""", "\"src\" must be a string in double quotes, not a list")]
    [InlineData("tests", """{"src": "a@", "accept": "tag:server:22"}""", "\"accept\" must be a list in square brackets, not a string")]
    [InlineData("tests", """{"src": "a@", "allow": ["tag:server:22"]}""", "an entry of tests has src and accept, or user and allow as in old files, but not both")]
    [InlineData("tests", """{"src": "a@", "dst": []}""", "an entry of tests has no member \"dst\"")]
    [InlineData("sshTests", """{"src": "a@", "proto": "tcp"}""", "an entry of sshTests has no member \"proto\"")]
    [InlineData("sshTests", """{"src": "a@", "dst": ["lan"]}""", "SSH tests dst contains disallowed element \"lan\"")]
    [InlineData("sshTests", """{"src": "a@", "dst": ["*"]}""", "SSH tests dst contains disallowed element \"*\"")]
    [InlineData("sshTests", """{"src": "a@", "dst": ["autogroup:self"]}""", "SSH tests dst contains disallowed element \"autogroup:self\"")]
    [InlineData("sshTests", """{"src": "a@", "dst": ["ipset:lab"]}""", "SSH tests dst contains disallowed element \"ipset:lab\"")]
    [InlineData("sshTests", """{"src": "a@", "dst": ["10.0.0.1-10.0.0.1"]}""", "SSH tests dst contains disallowed element \"10.0.0.1-10.0.0.1\"")]
    public void TryRead_Tests_AreRefused(string section, string test, string message) => Refuses(section, test, message);

    [Theory]
    [InlineData("""{"trusted": ["node:os == 'linux'"]}""", "postures[\"trusted\"]: a posture is named posture: and something, such as posture:trusted")]
    [InlineData("""{"posture:a": []}""", "postures[\"posture:a\"] has no conditions; every node would have it")]
    [InlineData("""{"posture:a": null}""", "\"posture:a\" must be a list in square brackets, not null")]
    [InlineData("""{"posture:a": ["linux"]}""", "postures[\"posture:a\"]: \"linux\" is no condition such as node:os == 'macos'")]
    [InlineData("""{"posture:a": ["a:b IS SET"], "posture:a ": []}""", "postures[\"posture:a\"] has no conditions")]
    [InlineData("""{"posture:a": ["a:b IS SET"], "posture:a ": ["a:b IS SET"]}""", "postures[\"posture:a\"] is defined twice")]
    public void TryRead_Postures_AreRefused(string section, string message) =>
        Assert.StartsWith(message, Read.Bad($$"""{"postures": {{section}}}""").Message, StringComparison.Ordinal);

    [Fact]
    public void TryRead_DefaultPosture_MustBeDefined() =>
        Assert.Equal("defaultSrcPosture: posture not found: \"posture:a\"; define it in postures", Read.Bad("""{"defaultSrcPosture": ["posture:a"]}""").Message);

    [Theory]
    [InlineData("""{"Regions": {"x": null}}""", "derpMap: \"x\" is no number of a region, or stands here twice")]
    [InlineData("""{"Regions": {"0": null}}""", "derpMap: \"0\" is no number of a region")]
    [InlineData("""{"Regions": {"900": null, "0900": null}}""", "derpMap: \"0900\" is no number of a region, or stands here twice")]
    [InlineData("""{"Regions": {"900": {"RegionID": 901}}}""", "RegionID must be the number of the region, 900, or be left out")]
    [InlineData("""{"Regions": {"900": {"Regioncode": "a", "Code": "b"}}}""", "a region of derpMap has no member \"Code\"")]
    [InlineData("""{"Regions": {"900": {"Nodes": [{"Name": "1"}]}}}""", "a node of derpMap needs Name and HostName")]
    [InlineData("""{"Regions": {"900": {"Nodes": [{"Name": "1", "HostName": "a", "DERPPort": 1.5}]}}}""", "\"DERPPort\" must be a whole number")]
    [InlineData("""{"Regions": {"900": {"Latitude": 1e999}}}""", "\"Latitude\" must be a number")]
    [InlineData("""{"HomeParams": {}}""", "derpMap has no member \"HomeParams\"; it may have OmitDefaultRegions, Regions")]
    public void TryRead_DerpMap_IsRefused(string section, string message) =>
        Assert.StartsWith(message, Read.Bad($$"""{"derpMap": {{section}}}""").Message, StringComparison.Ordinal);

    [Fact]
    public void TryRead_CheckPeriod_HasALimit()
    {
        var longest = (long)SshReader.MaxCheckPeriod.TotalSeconds;
        Assert.Equal(SshReader.MaxCheckPeriod, Read.Good(WithCheckPeriod(longest)).Ssh.Single().CheckPeriod);
        Assert.Equal("checkPeriod 168h0m1s is above the max (168h)", Read.Bad(WithCheckPeriod(longest + 1)).Message);
    }

    [Theory]
    [InlineData("""{"acls": [{"action": "accept", "src": ["user:*@LONG"], "dst": ["*:*"]}]}""")]
    [InlineData("""{"ssh": [{"action": "accept", "users": ["localpart:*@LONG"]}]}""")]
    [InlineData("""{"nodeAttrs": [{"ipPool": ["LONG"]}]}""")]
    [InlineData("""{"ssh": [{"action": "check", "checkPeriod": "LONG", "users": ["root"]}]}""")]
    [InlineData("""{"groups": {"group:LONG": ["LONG"]}}""")]
    [InlineData("""{"LONG": 1}""")]
    public void TryRead_LongWords_AreNotRepeatedWhole(string text) =>
        Assert.InRange(Read.Bad(text.Replace("LONG", new string('x', 5_000), StringComparison.Ordinal)).Message.Length, 100, 1_000);

    private static string WithCheckPeriod(long seconds) =>
        $$"""{"ssh": [{"action": "check", "checkPeriod": "{{seconds}}s", "src": ["a@"], "dst": ["a@"], "users": ["root"]}]}""";

    private static void Refuses(string section, string entry, string message)
    {
        var error = Read.Bad($"{{\n{Names}\"{section}\": [\n{entry},\n]}}");
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((8, entry + ","), (error.Position!.Value.Line, error.SourceLine));
    }
}
