namespace MeshControl.LoadTest.Crowds;

/// <summary>Policies to set. Each opens a port of its own from an address that no node has, so that its arrival can be seen.</summary>
public static class CrowdPolicies
{
    /// <summary>Everybody may reach everybody, or only the nodes of the same user.</summary>
    public static string Plain(bool ownOnly, ushort port) => Write(ownOnly ? Own : Everybody, "", port);

    /// <summary>How many <see cref="Mixed"/> there are.</summary>
    public static int MixedCount => Variants.Length;

    /// <summary>One of several that differ in who sees whom, routes, SSH, capabilities and attributes.</summary>
    public static string Mixed(int number, ushort port) =>
        Write(Variants[number % Variants.Length].Rules, Variants[number % Variants.Length].Sections, port);

    private const string Everybody = """{"action": "accept", "src": ["*"], "dst": ["*:*"]},""";
    private const string Own = """{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]},""";
    private const string Approvals = """ "autoApprovers": {"routes": {"10.0.0.0/8": ["autogroup:member"]}, "exitNode": ["autogroup:member"]},""";

    // No rule names what only some servers know.
    private static readonly (string Rules, string Sections)[] Variants =
    [
        (Everybody, ""),
        (Own, ""),
        ("", ""),
        ("""{"action": "accept", "src": ["*"], "dst": ["*:22,80,443"]},""", ""),
        ("""{"action": "accept", "src": ["100.64.0.0/26"], "dst": ["100.64.0.64/26:*"]},""", ""),
        ("""{"action": "accept", "src": ["tag:load"], "dst": ["autogroup:member:22"]},""" + Own, ""),
        ("""{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:load:443"]},""", ""),
        (Own + """{"action": "accept", "src": ["autogroup:member"], "dst": ["10.0.0.0/8:*"]},""", Approvals),
        (Everybody + """{"action": "accept", "src": ["100.64.0.0/25"], "dst": ["autogroup:internet:*"]},""", Approvals),
        (Own, """ "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["autogroup:nonroot"]}],"""),
        (Everybody, """ "nodeAttrs": [{"target": ["autogroup:member"], "attr": ["randomize-client-port"]}],"""),
        ("", """ "grants": [{"src": ["autogroup:member"], "dst": ["tag:load"], "ip": ["tcp:8080"], "app": {"example.com/cap/load": [{"n": 1}]}}],"""),
    ];

    private static string Write(string rules, string sections, ushort port) =>
        $$"""
        {
          "tagOwners": {"tag:load": ["autogroup:member"]},
         {{sections}}
          "acls": [{{rules}} {"action": "accept", "src": ["192.0.2.1"], "dst": ["*:{{port}}"]}],
        }

        """;
}
