using System.Text;

namespace MeshControl.Fuzz.Targets.Policy;

/// <summary>Policies that together use all of the language, and words to put in the place of others.</summary>
internal static class PolicySamples
{
    public static IReadOnlyList<byte[]> All { get; } =
    [
        .. new[]
        {
            """
            // Everybody reaches their own machines; developers reach the servers.
            {
              "groups": {"group:dev": ["alice@example.com", "bob@"], "group:ops": [],},
              "hosts": {"gw": "10.0.0.1", "lan": "10.0.0.0/8"},
              "tagOwners": {"tag:web": ["group:dev", "autogroup:admin"], "tag:db": ["tag:web"]},
              "acls": [
                {"action": "accept", "src": ["*"], "dst": ["autogroup:self:*"]},
                {"action": "accept", "src": ["group:dev", "lan", "10.0.0.1-10.0.0.9"], "dst": ["tag:web:22,80-443", "[fd7a::]/48:53"], "proto": "tcp"},
                {"#note": "old", "action": "accept", "users": ["tag:web"], "ports": ["tag:db:5432", "svc:db"]},
              ],
              "tests": [{"src": "alice@example.com", "accept": ["tag:web:22"], "deny": ["gw:22"], "proto": "tcp"}],
            }
            """,
            """
            {
              "tagOwners": {"tag:gw": [], "tag:web": []}, /* routers */
              "grants": [
                {"src": ["autogroup:member"], "dst": ["192.0.2.0/24", "fd00::/64"], "ip": ["tcp:443", "udp:53", "icmp:*", "*"], "via": ["tag:gw"]},
                {"src": ["user:*@example.com"], "dst": ["tag:web"], "app": {"tailscale.com/cap/drive": [{"shares": ["*"], "access": "rw"}], "example.com/cap/x": []}},
                {"src": ["*"], "dst": ["autogroup:internet"], "ip": ["*"]},
              ],
            }
            """,
            """
            {
              "tagOwners": {"tag:srv": ["alice@"], "tag:rec": []},
              "ssh": [
                {"action": "check", "src": ["autogroup:member"], "dst": ["autogroup:self", "tag:srv"], "users": ["root", "autogroup:nonroot"], "checkPeriod": "1h30m"},
                {"action": "accept", "src": ["alice@"], "dst": ["alice@"], "users": ["localpart:*@example.com"], "acceptEnv": ["GIT_*"],
                 "recorder": ["tag:rec"], "enforceRecorder": true},
              ],
              "sshTests": [{"src": "alice@", "dst": ["tag:srv", "10.0.0.1"], "accept": ["root"], "check": ["x"], "deny": ["y"], "srcPostureAttrs": {"node:os": "linux"}}],
            }
            """,
            """
            {
              "tagOwners": {"tag:gw": []},
              "nodeAttrs": [
                {"target": ["*", "autogroup:tagged"], "attr": ["funnel", "nextdns:abc"], "ipPool": ["100.85.0.0/16"]},
                {"target": ["tag:gw"], "app": {"tailscale.com/app-connectors": [{"name": "x", "domains": ["example.com"], "n": -1.5e3}]}},
              ],
              "autoApprovers": {"routes": {"10.0.0.0/8": ["tag:gw"], "::/0": ["bob@"]}, "exitNode": ["autogroup:owner"], "services": {"svc:db": ["tag:gw"]}},
              "randomizeClientPort": true, "disableIPv4": false, "OneCGNATRoute": "mac-always",
            }
            """,
            """
            {
              "ipsets": {"ipset:a": ["add 10.0.0.0/8", "remove 10.1.0.0-10.2.255.255", "host:gw"], "ipset:b": ["ipset:a", "autogroup:internet", "remove fd00::1"]},
              "hosts": {"gw": "fd00::1"},
              "postures": {"posture:p": ["node:os IN ['linux', \"macos\"]", "node:tsVersion >= '1.40'", "custom:n == 1", "custom:t IS SET"]},
              "defaultSrcPosture": ["posture:p"],
              "acls": [{"action": "accept", "src": ["ipset:b"], "dst": ["ipset:a:*"], "srcPosture": ["posture:p"]}],
              "derpMap": {"OmitDefaultRegions": true, "Regions": {"1": null, "900": {"RegionID": 900, "RegionCode": "x", "Latitude": 1.5,
                "Nodes": [{"Name": "900a", "HostName": "relay.example.com", "STUNPort": -1, "CanPort80": true}]}}},
            }
            """,
            "// nothing\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Strings with their quotes.</summary>
    public static IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "*", "", " ", "@", "alice@example.com", "ALICE@example.com", "user:*@example.com", "user:*@example.org", "group:dev", "group:", "group:none",
            "tag:web", "tag:gw", "tag:", "tag:1", "tag:сервер", "autogroup:self", "autogroup:internet", "autogroup:danger-all", "autogroup:members", "autogroup:nonroot",
            "autogroup:shared", "svc:db", "svc:", "ipset:a", "ipset:b", "gw", "lan", "10.0.0.1", "10.1.2.3/8", "0.0.0.0/0", "::/0", "fd7a::1", "::ffff:1.2.3.4",
            "10.0.0.9-10.0.0.1", "0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "fd00::1-fd00::ffff", "*:*", "tag:web:22", "[fd7a::1]:22",
            "fd7a::1:22", "autogroup:self:*", "alice@:22,80-443", "svc:db:1", "10.0.0.0/8:0", "gw:443-80", "tcp:22", "icmp:*", "icmp:1", "6:1", "132:5", "300:1", "0-65535",
            "tcp", "UDP", "icmp", "0", "06", "255", "accept", "check", " accept", "always", "0s", "-1m", "168h0m1s", "1.5ns", "9223372036854775807ns", "1e9h", "localpart:*@example.com",
            "localpart:*@", "root", "autogroup:nonroot", "GIT_*", "posture:p", "node:os == 'a'", "a:b NOT IN ['x', 1, true]", "a:b == 'it\\\\'s'", "add ipset:b", "remove ipset:a",
            "add 0.0.0.0/0", "remove 10.0.0.1", "host:gw", "100.64.0.0/10", "100.100.100.0/24", "mac-never", "example.com/cap/x", "tailscale.com/cap/funnel", "#x", "src", "dst", "ip", "app",
            "via", "acls", "ACLS", "grants", "groups", "hosts", "ssh", "tests", "users", "ports", "proto", "900", "Regions", "x\\u0001", "\\u00e9", "\\ud83d\\ude00", "\\ud83d", "😀",
        }.Select(word => Encoding.UTF8.GetBytes($"\"{word}\"")),
    ];
}
