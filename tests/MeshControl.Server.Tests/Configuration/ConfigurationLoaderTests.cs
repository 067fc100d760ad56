using System.Net;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    [Fact]
    public void Load_NoFileAtAll_YieldsDefaultsThatStart()
    {
        var result = new Loading().Load();

        Assert.True(result.Succeeded);
        Assert.Null(result.File);
        Assert.Empty(result.Errors);
        var options = result.Options;
        Assert.Equal("http://127.0.0.1:8080/", options.ServerUrl.AbsoluteUri);
        Assert.Equal([new ListenAddress(IPAddress.Loopback, 8080)], options.ListenAddr);
        Assert.Equal(IPNetwork.Parse("100.64.0.0/10"), options.Prefixes.V4);
        Assert.Equal(IPNetwork.Parse("fd7a:115c:a1e0::/48"), options.Prefixes.V6);
        Assert.Equal(DatabaseType.Sqlite, options.Database.Type);
        Assert.Equal("/var/lib/meshcontrol/db.sqlite", options.Database.SqlitePath);
        Assert.Equal("/var/lib/meshcontrol/noise_private.key", options.Noise.PrivateKeyPath);
        Assert.Equal("/var/run/meshcontrol/meshcontrol.sock", options.UnixSocket.Path);
        Assert.Equal("mesh.internal", options.Dns.BaseDomain);
        Assert.True(options.Dns.MagicDns);
        Assert.False(options.Dns.OverrideLocalDns);
        Assert.False(options.Tls.IsEnabled);
        Assert.Equal(LogLevel.Information, options.Log.Level);
        Assert.Null(options.Node.Expiry);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    [InlineData("dns:\nderp:\nserver_url:\n")]
    public void Load_FileWithoutValues_YieldsDefaults(string yaml)
    {
        Assert.Equal(new Loading().Load().Options!.Dns, Loading.Options(yaml).Dns);
    }

    [Fact]
    public void Load_EveryKindOfValue_IsBound()
    {
        var options = Loading.Options("""
            server_url: https://mesh.example.org:8443/
            listen_addr: :8443
            tls_cert_path: cert.pem
            tls_key_path: /run/key.pem
            unix_socket: /run/mesh.sock
            unix_socket_permission: 0700
            noise:
              private_key_path: ~/noise.key
            prefixes:
              v4: 100.80.0.0/16
              v6: fd7a:115c:a1e0:1::/64
              allocation: random
            database:
              type: postgres
              postgres:
                host: db.example.org
                port: "5433"
                name: mesh
                user: 007
                pass: 0123
                ssl: verify-full
                max_open_conns: 20
                conn_max_idle_time_secs: 60
            dns:
              magic_dns: false
              base_domain: Net.Example.org.
              nameservers:
                global: [1.1.1.1, "2606:4700:4700::1111", https://dns.nextdns.io/abc123, 9.9.9.9:53]
                split:
                  corp.example.org: [10.0.0.53]
              search_domains: [corp.example.org]
              extra_records:
                - {name: nas.example.org, type: A, value: 100.64.0.9}
                - {name: six.example.org, value: "fd7a:115c:a1e0::9"}
            node:
              expiry: 90d
              ephemeral: {inactivity_timeout: 1h30m}
              offline_after: 10s
            log: {level: WARN, format: json}
            taildrop: {enabled: false}
            logtail: {enabled: true}
            auto_update: {enabled: true}
            """);

        Assert.Equal("https://mesh.example.org:8443/", options.ServerUrl.AbsoluteUri);
        Assert.Equal([new ListenAddress(IPAddress.IPv6Any, 8443)], options.ListenAddr);
        Assert.Equal("/etc/meshcontrol/cert.pem", options.Tls.CertPath);
        Assert.Equal("/run/key.pem", options.Tls.KeyPath);
        Assert.Equal("/run/mesh.sock", options.UnixSocket.Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, options.UnixSocket.Permission);
        Assert.Equal("/home/ada/noise.key", options.Noise.PrivateKeyPath);
        Assert.Equal(PrefixAllocation.Random, options.Prefixes.Allocation);
        var postgres = options.Database.Postgres;
        Assert.Equal(("db.example.org", 5433, "mesh", "007"), (postgres.Host, postgres.Port, postgres.Name, postgres.User));
        Assert.Equal("0123", postgres.Password!.Reveal());
        Assert.Equal((PostgresSslMode.VerifyFull, 20, TimeSpan.FromMinutes(1)), (postgres.Ssl, postgres.MaxOpenConnections, postgres.ConnectionMaxIdleTime));
        Assert.False(options.Dns.MagicDns);
        Assert.Equal("net.example.org", options.Dns.BaseDomain);
        Assert.True(options.Dns.OverrideLocalDns);
        Assert.Equal(["1.1.1.1", "2606:4700:4700::1111", "https://dns.nextdns.io/abc123", "9.9.9.9:53"], options.Dns.GlobalNameservers);
        var split = Assert.Single(options.Dns.SplitNameservers);
        Assert.Equal("corp.example.org", split.Domain);
        Assert.Equal(["10.0.0.53"], split.Nameservers);
        Assert.Equal(["corp.example.org"], options.Dns.SearchDomains);
        Assert.Equal(
            [new("nas.example.org", IPAddress.Parse("100.64.0.9")), new("six.example.org", IPAddress.Parse("fd7a:115c:a1e0::9"))],
            options.Dns.ExtraRecords);
        Assert.Equal(TimeSpan.FromDays(90), options.Node.Expiry);
        Assert.Equal(TimeSpan.FromMinutes(90), options.Node.EphemeralInactivityTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Node.OfflineAfter);
        Assert.Equal((LogLevel.Warning, LogFormat.Json), (options.Log.Level, options.Log.Format));
        Assert.Equal((false, true, true), (options.Features.Taildrop, options.Features.Logtail, options.Features.AutoUpdate));
    }

    [Fact]
    public void Load_Json_IsReadAsWell()
    {
        var options = Loading.Options("""{"server_url": "https://a.example", "dns": {"magic_dns": false, "search_domains": ["b.example"]}}""");

        Assert.Equal("a.example", options.ServerUrl.Host);
        Assert.Equal(["b.example"], options.Dns.SearchDomains);
    }

    [Fact]
    public void Load_AliasOfAnEarlierValue_IsItsValue()
    {
        var options = Loading.Options("dns:\n  nameservers:\n    global: &ns [1.1.1.1]\n    split:\n      a.example: *ns\n");

        Assert.Equal(options.Dns.GlobalNameservers, options.Dns.SplitNameservers[0].Nameservers);
    }

    [Fact]
    public void Load_ManyMistakes_ReportsAllOfThemInTheOrderOfTheFile()
    {
        var result = Loading.Yaml("""
            server_url: mesh.example.org
            listen_adr: :8080
            dns:
              magic_dns: yes
              magic_dns: true
              override_local_dns: true
            prefixes:
              v4: 100.64.0.1/10
            node:
              expiry: 3 months
            """);

        Assert.Null(result.Options);
        Assert.Equal(
            ["1 server_url", "2 listen_adr", "4 dns.magic_dns", "5 dns.magic_dns", "6 dns.override_local_dns", "8 prefixes.v4", "10 node.expiry"],
            result.Errors.Select(error => $"{error.Origin.Line} {error.Key}"));
        Assert.All(result.Errors, error => Assert.NotEmpty(error.Remedy));
    }

    [Fact]
    public void ToString_OfAnError_NamesFileLineKeyMistakeAndRemedy()
    {
        Assert.Equal(
            "/etc/meshcontrol/config.yaml line 2: dns.magic_dsn: There is no such key. Did you mean dns.magic_dns?",
            Loading.Error("dns:\n  magic_dsn: true\n").ToString());
    }

    [Theory]
    [InlineData("server_ulr: https://a.example", "Did you mean server_url?")]
    [InlineData("magic_dns: true", "Did you mean dns.magic_dns?")]
    [InlineData("dns.magic_dns: true", "Write dns: and, indented below it, magic_dns:.")]
    [InlineData("database: {sqlite: {file: x}}", "Did you mean database.sqlite.path?")]
    [InlineData("log: {wherever: x}", "The keys in log are level, levels, format.")]
    [InlineData("Server_URL: https://a.example", "Did you mean server_url?")]
    [InlineData("metrics_listen_adr: x", "Did you mean metrics_listen_addr?")]
    [InlineData("nonsense: 1", "Remove it.")]
    public void Load_UnknownKey_SuggestsTheNearestOne(string yaml, string remedy)
    {
        Assert.Equal(remedy, Loading.Error(yaml).Remedy);
    }

    [Theory]
    [InlineData("dns: true", "dns")]
    [InlineData("dns: [a]", "dns")]
    [InlineData("server_url: [a]", "server_url")]
    [InlineData("server_url: {a: b}", "server_url")]
    [InlineData("dns: {search_domains: a.example}", "dns.search_domains")]
    [InlineData("dns: {nameservers: {split: [1.1.1.1]}}", "dns.nameservers.split")]
    [InlineData("dns: {nameservers: {split: {a.example: 1.1.1.1}}}", "dns.nameservers.split.a.example")]
    [InlineData("dns: {extra_records: {name: a}}", "dns.extra_records")]
    [InlineData("dns: {extra_records: [a]}", "dns.extra_records[0]")]
    [InlineData("- a", "")]
    [InlineData("just words", "")]
    public void Load_WrongShape_IsAnErrorAtTheKey(string yaml, string key)
    {
        Assert.Equal(key, Loading.Error(yaml).Key);
    }

    [Theory]
    [InlineData("dns:\n\tmagic_dns: true\n")]
    [InlineData("server_url: \"https://a.example\n")]
    [InlineData("a: [1, 2\nb: 3\n")]
    [InlineData("a: 1\n---\nb: 2\n")]
    [InlineData("? [a]\n: b\n")]
    [InlineData("a: *nothing\n")]
    [InlineData("a: &a [*a]\n")]
    public void Load_NotYaml_IsOneErrorWithALine(string yaml)
    {
        var error = Loading.Error(yaml);

        Assert.NotNull(error.Origin.Line);
        Assert.StartsWith("This is not YAML: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DeeperThanTheLimit_IsAnError()
    {
        var tooDeep = new string('[', 41 + 1) + new string(']', 41 + 1);

        Assert.Contains("40 levels", Loading.Error(tooDeep).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MoreAliasesThanTheLimit_IsAnError()
    {
        var yaml = $"a: &a 1\nb: [{string.Join(", ", Enumerable.Repeat("*a", 101))}]\n";

        Assert.Contains("more than 100 aliases", Loading.Error(yaml).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ExplicitFile_ResolvesRelativePathsFromItsDirectory()
    {
        var result = new Loading
        {
            ExplicitPath = "sub/mesh.yaml",
            Files = { ["/srv/sub/mesh.yaml"] = "noise: {private_key_path: ../noise.key}" },
        }.Load();

        Assert.Equal("/srv/sub/mesh.yaml", result.File);
        Assert.Equal("/srv/noise.key", result.Options!.Noise.PrivateKeyPath);
    }

    [Fact]
    public void Load_ExplicitFileMissing_IsAnError()
    {
        var error = Assert.Single(new Loading { ExplicitPath = "/nowhere.yaml" }.Load().Errors);

        Assert.Contains("/nowhere.yaml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileNamedInTheEnvironment_WinsOverTheDefaultPlaceAndMustExist()
    {
        var loading = new Loading
        {
            Environment = { ["MESHCONTROL_CONFIG"] = "/srv/mesh.yaml" },
            Files = { [Loading.ConfigPath] = "broken: [" },
        };
        Assert.Equal("MESHCONTROL_CONFIG", Assert.Single(loading.Load().Errors).Origin.Variable);

        loading.Files["/srv/mesh.yaml"] = "log: {level: debug}";
        Assert.Equal(LogLevel.Debug, loading.Load().Options!.Log.Level);
    }

    [Fact]
    public void Load_UnreadableDefaultFile_IsAnErrorAndNotTheDefaults()
    {
        var result = ConfigurationLoader.Load(new ConfigurationSource
        {
            Environment = new Dictionary<string, string>(),
            IsRoot = true,
            HomeDirectory = "/root",
            WorkingDirectory = "/",
            ReadFile = _ => ConfigurationFile.Unreadable("Permission denied."),
        });

        Assert.Contains("Permission denied.", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OrdinaryUser_UsesTheirOwnDirectories()
    {
        var loading = new Loading { IsRoot = false, Files = { ["/home/ada/.config/meshcontrol/config.yaml"] = "log: {level: debug}" } };

        var options = loading.Load().Options!;

        Assert.Equal(LogLevel.Debug, options.Log.Level);
        Assert.Equal("/home/ada/.local/share/meshcontrol/db.sqlite", options.Database.SqlitePath);
        Assert.Equal("/home/ada/.local/state/meshcontrol/meshcontrol.sock", options.UnixSocket.Path);
    }

    [Fact]
    public void Load_OrdinaryUserWithXdgDirectories_UsesThese()
    {
        var loading = new Loading
        {
            IsRoot = false,
            Environment =
            {
                ["XDG_CONFIG_HOME"] = "/x/config",
                ["XDG_DATA_HOME"] = "relative/and/therefore/void",
                ["XDG_RUNTIME_DIR"] = "/run/user/1000",
            },
            Files = { ["/x/config/meshcontrol/config.yaml"] = "log: {level: debug}" },
        };

        var options = loading.Load().Options!;

        Assert.Equal(LogLevel.Debug, options.Log.Level);
        Assert.Equal("/home/ada/.local/share/meshcontrol/db.sqlite", options.Database.SqlitePath);
        Assert.Equal("/run/user/1000/meshcontrol/meshcontrol.sock", options.UnixSocket.Path);
    }

    [Fact]
    public void Load_OnlyOneFamilyWritten_TurnsTheOtherOff()
    {
        Assert.Null(Loading.Options("prefixes: {v4: 100.64.0.0/10}").Prefixes.V6);
        Assert.Null(Loading.Options("prefixes: {v6: \"fd7a:115c:a1e0::/48\"}").Prefixes.V4);
    }
}
