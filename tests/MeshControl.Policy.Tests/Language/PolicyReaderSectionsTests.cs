using MeshControl.Policy.Language;
using MeshControl.Policy.Tests.Support;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Language;

/// <summary>That every member of every section arrives where it belongs.</summary>
public sealed class PolicyReaderSectionsTests
{
    [Fact]
    public void TryRead_Names_Arrive()
    {
        var file = Read.Good(
            """
            {
              "groups": {"group:dev": ["alice@example.com", " bob@ ", "user:*@example.com"]},
              "hosts": {"gw": "10.0.0.1", "lan": "10.0.0.7/8", "six": "fd00::/64"},
              "tagOwners": {"tag:a": ["tag:b", "group:dev", "alice@example.com", "autogroup:owner"], "tag:b": []},
            }
            """);

        Assert.Equal([new UserAlias("alice@example.com"), new UserAlias("bob@"), new DomainUsersAlias("example.com")], file.Groups["group:dev"]);
        Assert.Equal(
            [("gw", "10.0.0.1/32"), ("lan", "10.0.0.0/8"), ("six", "fd00::/64")],
            file.Hosts.OrderBy(host => host.Key).Select(host => (host.Key, host.Value.ToString())));
        Assert.Equal(
            [new TagAlias("tag:b"), new GroupAlias("group:dev"), new UserAlias("alice@example.com"), new AutogroupAlias(Autogroup.Owner)],
            file.TagOwners["tag:a"]);
        Assert.Empty(file.TagOwners["tag:b"]);
    }

    [Fact]
    public void TryRead_Acls_Arrive()
    {
        var file = Read.Good(
            """
            {
              "acls": [
                {"action": "accept", "src": ["*", "10.0.0.1"], "dst": ["[fd7a::]/48:22,80-443", "svc:db", "svc:db:5432"], "proto": "udp", "srcPosture": ["posture:p"]},
              ],
              "postures": {"posture:p": ["node:os == 'linux'"]},
            }
            """);

        var rule = file.Acls!.Value.Single();
        Assert.Equal(new TextPosition(3, 5), rule.Position);
        Assert.Equal([new WildcardAlias(), new PrefixAlias(IpPrefix.Parse("10.0.0.1/32"))], rule.Sources);
        Assert.Equal(17, rule.Protocol);
        Assert.Equal(
            [("fd7a::/48", "22,80-443"), ("svc:db", "*"), ("svc:db", "5432")],
            rule.Destinations.Select(destination => (destination.Alias.ToString(), PortRanges.Format(destination.Ports))));
        Assert.Equal(["posture:p"], rule.SourcePostures);
    }

    [Fact]
    public void TryRead_Grants_Arrive()
    {
        var file = Read.Good(
            """
            {
              "tagOwners": {"tag:gw": []},
              "postures": {"posture:p": ["node:os == 'linux'"]},
              "defaultSrcPosture": ["posture:p"],
              "grants": [{
                "src": ["autogroup:danger-all"],
                "dst": ["10.0.0.0/8"],
                "ip": ["*", "22, 80", "tcp:443", "icmp:*", "89:*"],
                "app": {"example.com/cap/a": [{"b": [1.50, null, "é"]}, 2], "example.com/cap/b": [], "example.com/cap/c": null},
                "via": ["tag:gw"],
                "srcPosture": ["posture:p"],
              }],
            }
            """);

        var rule = file.Grants!.Value.Single();
        Assert.Equal([new AutogroupAlias(Autogroup.DangerAll)], rule.Sources);
        Assert.Equal([new PrefixAlias(IpPrefix.Parse("10.0.0.0/8"))], rule.Destinations);
        Assert.Equal(
            [(null, "*"), (null, "22,80"), (6, "443"), (1, "*"), ((int?)89, "*")],
            rule.Ip.Select(entry => (entry.Protocol, PortRanges.Format(entry.Ports))));
        Assert.Equal(
            [("example.com/cap/a", """[{"b":[1.50,null,"é"]}, 2]"""), ("example.com/cap/b", "[]"), ("example.com/cap/c", null)],
            rule.App.Select(capability => (capability.Name, capability.Arguments?.ToString())));
        Assert.Equal(["tag:gw"], rule.Via);
        Assert.Equal(["posture:p"], rule.SourcePostures);
        Assert.Equal(["posture:p"], file.DefaultSourcePostures);
        Assert.Equal("node:os == 'linux'", PostureConditions.Format(file.Postures["posture:p"].Single()));
    }

    [Fact]
    public void TryRead_Ssh_Arrives()
    {
        var file = Read.Good(
            """
            {
              "tagOwners": {"tag:srv": [], "tag:rec": []},
              "ssh": [
                {"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self", "tag:srv"], "users": ["root"], "checkPeriod": "1h30m",
                 "acceptEnv": ["GIT_*"], "recorder": ["tag:rec"], "enforceRecorder": true},
                {"action": "accept", "src": ["tag:srv"], "dst": ["tag:srv", "autogroup:tagged"], "users": ["localpart:*@example.com"]},
              ],
            }
            """);

        var (check, accept) = (file.Ssh[0], file.Ssh[1]);
        Assert.Equal((true, TimeSpan.FromMinutes(90), true), (check.Check, check.CheckPeriod, check.EnforceRecorder));
        Assert.Equal([new AutogroupAlias(Autogroup.Member)], check.Sources);
        Assert.Equal([new AutogroupAlias(Autogroup.Self), new TagAlias("tag:srv")], check.Destinations);
        Assert.Equal(["GIT_*"], check.AcceptEnv);
        Assert.Equal(["tag:rec"], check.Recorders);
        Assert.Equal((false, TimeSpan.FromHours(12), new TextPosition(6, 5)), (accept.Check, accept.CheckPeriod, accept.Position));
        Assert.Equal(["localpart:*@example.com"], accept.Users);
    }

    [Fact]
    public void TryRead_NodeAttributesAndApprovers_Arrive()
    {
        var file = Read.Good(
            """
            {
              "tagOwners": {"tag:gw": []},
              "nodeAttrs": [{
                "target": ["*", "tag:gw"], "attr": ["funnel", "https://example.com/cap/test?value=42"], "ipPool": ["100.85.0.0/16"],
                "app": {"tailscale.com/app-connectors": [{"name": "x"}]},
              }],
              "autoApprovers": {
                "routes": {"10.0.0.0/8": ["tag:gw", "alice@"], "0.0.0.0/0": []},
                "exitNode": ["autogroup:admin"],
                "services": {"svc:db": ["tag:gw"], "tag:gw": []},
              },
            }
            """);

        var rule = file.NodeAttributes.Single();
        Assert.Equal([new WildcardAlias(), new TagAlias("tag:gw")], rule.Targets);
        Assert.Equal(["funnel", "https://example.com/cap/test?value=42"], rule.Attributes);
        Assert.Equal([IpPrefix.Parse("100.85.0.0/16")], rule.IpPool);
        Assert.Equal(("tailscale.com/app-connectors", """[{"name":"x"}]"""), (rule.App.Single().Name, rule.App.Single().Arguments!.ToString()));
        Assert.Equal(
            [("10.0.0.0/8", "tag:gw alice@"), ("0.0.0.0/0", "")],
            file.AutoApprovers.Routes.Select(route => (route.Prefix.ToString(), string.Join(' ', route.Approvers))));
        Assert.Equal([new AutogroupAlias(Autogroup.Admin)], file.AutoApprovers.ExitNode);
        Assert.Equal([("svc:db", 1), ("tag:gw", 0)], file.AutoApprovers.Services.Select(service => (service.Key, service.Value.Length)));
    }

    [Fact]
    public void TryRead_Tests_ArriveAsWritten()
    {
        var file = Read.Good(
            """
            {
              "tests": [{"src": " a@", "proto": "tcp", "accept": ["x:1"], "deny": ["y:*"], "srcPostureAttrs": {"node:os": "linux", "custom:n": 1}}],
              "sshTests": [{"src": "a@", "dst": ["b@"], "accept": ["root"], "check": [" x"], "deny": [""], "srcPostureAttrs": {"node:os": "linux"}}],
            }
            """);

        var test = file.Tests.Single();
        Assert.Equal((" a@", "tcp", new TextPosition(2, 13)), (test.Source, test.Protocol, test.Position));
        Assert.Equal(["x:1"], test.Accept);
        Assert.Equal(["y:*"], test.Deny);
        Assert.Equal((RawJson.FromString("linux"), RawJson.FromNumber(1)), (test.SourceAttributes["node:os"], test.SourceAttributes["custom:n"]));
        var ssh = file.SshTests.Single();
        Assert.Equal(("a@", new TextPosition(3, 16)), (ssh.Source, ssh.Position));
        Assert.Equal(["b@"], ssh.Destinations);
        Assert.Equal(["root"], ssh.Accept);
        Assert.Equal([" x"], ssh.Check);
        Assert.Equal([""], ssh.Deny);
        Assert.Equal(RawJson.FromString("linux"), ssh.SourceAttributes["node:os"]);
    }

    [Fact]
    public void TryRead_Settings_Arrive()
    {
        var file = Read.Good(
            """
            {
              "randomizeClientPort": true, "disableIPv4": true, "OneCGNATRoute": "mac-never",
              "derpMap": {"omitDefaultRegions": true, "Regions": {
                "1": null, "900": {"RegionID": 900, "RegionCode": "own", "RegionName": "Own", "Latitude": 52.5, "Longitude": -13, "Avoid": true, "NoMeasureNoHome": true, "Nodes": [
                  {"Name": "900a", "RegionID": 900, "HostName": "relay.example.com", "CertName": "c", "IPv4": "192.0.2.1", "IPv6": "none", "STUNPort": -1,
                   "STUNOnly": true, "DERPPort": 8443, "InsecureForTests": true, "STUNTestIP": "192.0.2.2", "CanPort80": true}]},
              }},
            }
            """);

        Assert.Equal((true, true, "mac-never"), (file.RandomizeClientPort, file.DisableIPv4, file.OneCgnatRoute));
        Assert.Equal([1], file.RemovedDerpRegions);
        var node = new DerpNode
        {
            Name = "900a",
            RegionId = 900,
            HostName = "relay.example.com",
            CertName = "c",
            Ipv4 = "192.0.2.1",
            Ipv6 = "none",
            StunPort = -1,
            StunOnly = true,
            DerpPort = 8443,
            InsecureForTests = true,
            StunTestIp = "192.0.2.2",
            CanPort80 = true,
        };
        var region = new DerpRegion
        {
            RegionId = 900,
            RegionCode = "own",
            RegionName = "Own",
            Latitude = 52.5,
            Longitude = -13,
            Avoid = true,
            NoMeasureNoHome = true,
            Nodes = [node],
        };
        Assert.Equal(new DerpMap { OmitDefaultRegions = true, Regions = WireMap.CopyOf<int, DerpRegion?>([new(900, region)]) }, file.DerpMap);
    }
}
