using System.Net;

namespace MeshControl.Server.Tests.Configuration;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("server_url: mesh.example.org")]
    [InlineData("server_url: ftp://mesh.example.org")]
    [InlineData("server_url: \"https://\"")]
    [InlineData("server_url: \"https://xn--\u00e4.example.org\"")]
    [InlineData("server_url: https://mesh.example.org/base")]
    [InlineData("server_url: https://mesh.example.org/?a=b")]
    [InlineData("server_url: https://mesh.example.org/#top")]
    [InlineData("server_url: https://me:secret@mesh.example.org")]
    [InlineData("server_url: http://0.0.0.0:8080")]
    [InlineData("server_url: \"\"")]
    [InlineData("listen_addr: 127.0.0.1")]
    [InlineData("listen_addr: 127.0.0.1:65536")]
    [InlineData("listen_addr: mesh.example.org:80")]
    [InlineData("listen_addr: ::1:8080")]
    [InlineData("listen_addr: 127.1:8080")]
    [InlineData("listen_addr: \"[127.0.0.1]:8080\"")]
    [InlineData("unix_socket: \"\"")]
    [InlineData("unix_socket_permission: \"0999\"")]
    [InlineData("unix_socket_permission: \"1777\"")]
    [InlineData("unix_socket_permission: rwx")]
    [InlineData("tls_cert_path: cert.pem")]
    [InlineData("tls_key_path: key.pem")]
    [InlineData("log.level: loud", "log: {level: loud}")]
    [InlineData("prefixes.v4: none", "prefixes: {v4: none}")]
    [InlineData("prefixes.v4: 100.64.0.1/10", "prefixes: {v4: 100.64.0.1/10}")]
    [InlineData("prefixes.v4: 100.64.0.0", "prefixes: {v4: 100.64.0.0}")]
    [InlineData("prefixes.v4: 100.64.0.0/33", "prefixes: {v4: 100.64.0.0/33}")]
    [InlineData("prefixes.v4: 100.64.0.0/31", "prefixes: {v4: 100.64.0.0/31}")]
    [InlineData("prefixes.v4: 100.100.100.0/25", "prefixes: {v4: 100.100.100.0/25}")]
    [InlineData("prefixes.v4: v6", "prefixes: {v4: \"fd7a:115c:a1e0::/48\"}")]
    [InlineData("prefixes.v6: v4", "prefixes: {v6: 100.64.0.0/10}")]
    [InlineData("prefixes.v4: empty", "prefixes: {v4: \"\"}")]
    [InlineData("prefixes.v4: both empty", "prefixes: {v4: \"\", v6: \"\"}")]
    [InlineData("prefixes.allocation: dense", "prefixes: {allocation: dense}")]
    [InlineData("database.type: mysql", "database: {type: mysql}")]
    [InlineData("database.postgres.port: 0", "database: {postgres: {port: 0}}")]
    [InlineData("database.postgres.port: words", "database: {postgres: {port: first}}")]
    [InlineData("database.postgres.ssl: maybe", "database: {postgres: {ssl: maybe}}")]
    [InlineData("database.postgres.max_open_conns: 0", "database: {postgres: {max_open_conns: 0}}")]
    [InlineData("database.postgres.max_open_conns: 1001", "database: {postgres: {max_open_conns: 1001}}")]
    [InlineData("database.postgres.conn_max_idle_time_secs: 86401", "database: {postgres: {conn_max_idle_time_secs: 86401}}")]
    [InlineData("dns.base_domain: space", "dns: {base_domain: my mesh}")]
    [InlineData("dns.base_domain: dots", "dns: {base_domain: a..b}")]
    [InlineData("dns.base_domain: hyphen", "dns: {base_domain: -a.example}")]
    [InlineData("dns.base_domain: dot", "dns: {base_domain: .}")]
    [InlineData("dns.base_domain: long label", "dns: {base_domain: a234567890123456789012345678901234567890123456789012345678901234.example}")]
    [InlineData("dns.override_local_dns: no servers", "dns: {override_local_dns: true}")]
    [InlineData("dns.nameservers.global[0]: name", "dns: {nameservers: {global: [dns.example.org]}}")]
    [InlineData("dns.nameservers.global[0]: tls", "dns: {nameservers: {global: [\"tls://1.1.1.1\"]}}")]
    [InlineData("dns.nameservers.global[0]: http", "dns: {nameservers: {global: [\"http://dns.example.org/dns-query\"]}}")]
    [InlineData("dns.nameservers.global[0]: short", "dns: {nameservers: {global: [1.1]}}")]
    [InlineData("dns.nameservers.split.a..b: domain", "dns: {nameservers: {split: {a..b: [1.1.1.1]}}}")]
    [InlineData("dns.nameservers.split.A.example: twice", "dns: {nameservers: {split: {a.example: [1.1.1.1], A.example: [1.1.1.1]}}}")]
    [InlineData("dns.search_domains[0]: bad", "dns: {search_domains: [\"*.example\"]}")]
    [InlineData("dns.extra_records[0]: wildcard", "dns: {extra_records: [{name: \"*.a.example\", type: A, value: 100.64.0.1}]}")]
    [InlineData("dns.extra_records[0]: type", "dns: {extra_records: [{name: a.example, type: CNAME, value: 100.64.0.1}]}")]
    [InlineData("dns.extra_records[0]: family", "dns: {extra_records: [{name: a.example, type: AAAA, value: 100.64.0.1}]}")]
    [InlineData("dns.extra_records[0]: value", "dns: {extra_records: [{name: a.example, type: A, value: b.example}]}")]
    [InlineData("dns.extra_records[0]: no name", "dns: {extra_records: [{type: A, value: 100.64.0.1}]}")]
    [InlineData("dns.extra_records[0].ttl: field", "dns: {extra_records: [{name: a.example, type: A, value: 100.64.0.1, ttl: 5}]}")]
    [InlineData("node.expiry: no unit", "node: {expiry: 90}")]
    [InlineData("node.expiry: negative", "node: {expiry: -1h}")]
    [InlineData("node.expiry: too long", "node: {expiry: 101y}")]
    [InlineData("node.ephemeral.inactivity_timeout: short", "node: {ephemeral: {inactivity_timeout: 65s}}")]
    [InlineData("node.offline_after: short", "node: {offline_after: 9s}")]
    [InlineData("node.offline_after: long", "node: {offline_after: 121s}")]
    [InlineData("node.ephemeral.inactivity_timeout: never", "node: {ephemeral: {inactivity_timeout: 0}}")]
    [InlineData("taildrop.enabled: word", "taildrop: {enabled: sometimes}")]
    public void Load_BadValue_IsOneErrorAtItsKeyWithARemedy(string keyAndCase, string? yaml = null)
    {
        var error = Loading.Error(yaml ?? keyAndCase);

        Assert.Equal(keyAndCase[..keyAndCase.IndexOf(": ", StringComparison.Ordinal)], error.Key);
        Assert.Equal(1, error.Origin.Line);
        Assert.NotEmpty(error.Message);
        Assert.NotEmpty(error.Remedy);
    }

    [Theory]
    [InlineData(":8080", "::")]
    [InlineData("0.0.0.0:8080", "0.0.0.0")]
    [InlineData("\"[::]:8080\"", "::")]
    [InlineData("\"[::1]:8080\"", "::1")]
    [InlineData("localhost:8080", "127.0.0.1")]
    public void Load_ListenAddress_TakesTheUsualForms(string text, string address)
    {
        var listen = Assert.Single(Loading.Options($"listen_addr: {text}").ListenAddr);

        Assert.Equal((IPAddress.Parse(address), 8080), (listen.Address, listen.Port));
    }

    [Fact]
    public void Load_ListenAddresses_KeepTheirOrderAndSchemes()
    {
        var listen = Loading.Options("listen_addr: [\"https://:443\", \"http://:80\", 127.0.0.1:8080]\ntls_cert_path: a\ntls_key_path: b\n")
            .ListenAddr;

        Assert.Equal(["https://[::]:443", "http://[::]:80", "127.0.0.1:8080"], listen.Select(address => address.ToString()));
    }

    [Theory]
    [InlineData("https://:443", "There is no certificate for https://[::]:443.")]
    [InlineData("[:80, \"http://:80\"]", "[::]:80 is listed twice.")]
    [InlineData("[]", "The list is empty.")]
    [InlineData("ftp://:80", "\"ftp\" is not a scheme to listen with.")]
    [InlineData("{a: b}", "Here stands a section of keys, but an address and a port is expected.")]
    public void Load_ListenAddressesOfNoUse_AreAnError(string text, string message)
    {
        var error = Loading.Error($"listen_addr: {text}");

        Assert.Equal(("listen_addr", message), (error.Key, error.Message));
    }

    [Fact]
    public void Load_SecondListenAddressIsBad_IsNamedByItsPlace()
    {
        Assert.Equal("listen_addr[1]", Loading.Error("listen_addr: [:80, mesh:80]").Key);
    }

    [Theory]
    [InlineData("https://mesh.example.org", "mesh.example.org")]
    [InlineData("https://MESH.example.org", "example.org")]
    [InlineData("https://a.mesh.internal", null)]
    public void Load_ServerNameInTheBaseDomain_IsAnError(string url, string? baseDomain)
    {
        var error = Loading.Error($"server_url: {url}\n" + (baseDomain is null ? "" : $"dns: {{base_domain: {baseDomain}}}\n"));

        Assert.Equal(baseDomain is null ? "server_url" : "dns.base_domain", error.Key);
        Assert.Contains("lose the server", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://mesh.example.org", "net.mesh.example.org")]
    [InlineData("https://mesh.example.org", "sh.example.org")]
    [InlineData("https://192.0.2.1", "example.org")]
    public void Load_ServerNameOutsideTheBaseDomain_IsFine(string url, string baseDomain)
    {
        Assert.Equal(baseDomain, Loading.Options($"server_url: {url}\ndns: {{base_domain: {baseDomain}}}\n").Dns.BaseDomain);
    }

    [Fact]
    [Trait("Acceptance", "TestRenameNodeRejectsNameExceedingFQDNLimit")]
    public void Load_BaseDomain_MayBeExactlyAsLongAsLeavesRoomForANode()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 3));
        Assert.Equal(188, longest.Length);

        Assert.Equal("b" + longest, Loading.Options($"dns: {{base_domain: b{longest}}}").Dns.BaseDomain);
        Assert.Equal("dns.base_domain", Loading.Error($"dns: {{base_domain: b.{longest}}}").Key);
    }

    [Fact]
    public void Load_PostgresWithoutItsKeys_NamesAllOfThem()
    {
        var errors = Loading.Yaml("database: {type: postgres}").Errors;

        Assert.Equal(
            ["database.postgres.host", "database.postgres.name", "database.postgres.user"], errors.Select(error => error.Key));
    }

    [Fact]
    public void Load_SocketPathLongerThanTheSystemAllows_IsAnError()
    {
        Assert.Equal(107, Loading.Options($"unix_socket: /{new string('a', 106)}").UnixSocket.Path.Length);
        Assert.Equal("unix_socket", Loading.Error($"unix_socket: /{new string('a', 107)}").Key);
    }

    [Theory]
    [InlineData("server_url: http://mesh.example.org", "server_url")]
    [InlineData("server_url: http://127.0.0.1\ntls_cert_path: a\ntls_key_path: b", "server_url")]
    [InlineData("listen_addr: :8080", "server_url")]
    [InlineData("listen_addr: [127.0.0.1:8080, 192.0.2.7:8080]", "server_url")]
    [InlineData("unix_socket_permission: \"0777\"", "unix_socket_permission")]
    [InlineData("prefixes: {v4: 10.0.0.0/8}", "prefixes.v4")]
    [InlineData("prefixes: {v6: \"fd00::/48\"}", "prefixes.v6")]
    [InlineData("dns: {base_domain: mesh}", "dns.base_domain")]
    [InlineData("node: {expiry: 90s}", "node.expiry")]
    public void Load_DoubtfulValue_IsAWarning(string yaml, string key)
    {
        var result = Loading.Yaml(yaml);

        Assert.True(result.Succeeded);
        Assert.Equal(key, Assert.Single(result.Warnings, warning => warning.Key != "derp.map").Key);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 0.5)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData("2w", 14 * 86400)]
    [InlineData("1y", 365 * 86400)]
    [InlineData("100y", 100.0 * 365 * 86400)]
    public void Load_Duration_TakesEveryUnit(string text, double seconds)
    {
        Assert.Equal(seconds, Loading.Options($"node: {{expiry: {text}}}").Node.Expiry?.TotalSeconds ?? 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("1 h")]
    [InlineData("1..5h")]
    [InlineData("1x")]
    [InlineData("1h2")]
    [InlineData("99999999999999999999y99999999999999999999y")]
    [InlineData("9999999999999999999999999999999999999999s")]
    public void Load_NoDuration_IsAnError(string text)
    {
        Assert.Equal("node.expiry", Loading.Error($"node: {{expiry: \"{text}\"}}").Key);
    }

    [Fact]
    public void Load_EmptyBaseDomain_MeansTheDefault()
    {
        Assert.Equal("mesh.internal", Loading.Options("dns: {magic_dns: false, base_domain: \"\"}").Dns.BaseDomain);
    }

    [Fact]
    public void Load_OverrideTurnedOffExplicitly_StaysOff()
    {
        Assert.False(Loading.Options("dns: {override_local_dns: false, nameservers: {global: [1.1.1.1]}}").Dns.OverrideLocalDns);
    }
}
