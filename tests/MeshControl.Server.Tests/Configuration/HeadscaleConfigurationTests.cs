using MeshControl.Core.Policies;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>Whoever comes from Headscale starts with the file they have.</summary>
public sealed class HeadscaleConfigurationTests
{
    /// <summary>Keys that exclude others of the file, or with which Headscale itself does not start.</summary>
    private static readonly string[] NotInTheFile = ["dns.extra_records_path", "oidc.client_secret_path", "randomize_client_port"];

    public static TheoryData<string> RemovedKeys => [.. KeyTable.All.OfType<RemovedKey>().Select(key => key.Path)];

    private static string File => System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors/Configuration/headscale-0.29.yaml"));

    [Fact]
    public void Load_CompleteFile_StartsWithItsValues()
    {
        var options = Loading.Options(File);

        Assert.Equal("https://vpn.example.net/", options.ServerUrl.AbsoluteUri);
        Assert.Equal("tail.example.com", options.Dns.BaseDomain);
        Assert.Equal("/var/lib/headscale/db.sqlite", options.Database.SqlitePath);
        Assert.Equal("/var/lib/headscale/noise_private.key", options.Noise.PrivateKeyPath);
        Assert.Equal(4, options.Dns.GlobalNameservers.Count);
        Assert.True(options.Dns.OverrideLocalDns);
        Assert.Equal(TimeSpan.FromMinutes(30), options.Node.EphemeralInactivityTimeout);
        Assert.Null(options.Node.Expiry);
        Assert.Equal(PostgresSslMode.Disable, options.Database.Postgres.Ssl);
    }

    [Fact]
    public void Load_CompleteFile_ReportsEveryKeyWithoutEffectWithAReason()
    {
        var ignored = Loading.Yaml(File).IgnoredKeys;

        Assert.Equal(
            KeyTable.All.OfType<UnusedKey>().Select(key => key.Path).Except(NotInTheFile).Order(StringComparer.Ordinal),
            ignored.Select(key => key.Key).Order(StringComparer.Ordinal));
        Assert.All(ignored, key => Assert.NotEmpty(key.Reason));
        Assert.All(ignored, key => Assert.NotNull(key.Origin.Line));
        Assert.Equal(ignored.Select(key => key.Origin.Line), ignored.Select(key => key.Origin.Line).Order());
    }

    [Fact]
    public void DescribeIgnoredKeys_CompleteFile_PutsKeysWithOneReasonOnOneLine()
    {
        var lines = Loading.Yaml(File).DescribeIgnoredKeys().ToList();

        Assert.Contains(lines, line => line.StartsWith("acme_url, acme_email, ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("s3cret", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(RemovedKeys))]
    public void Load_RemovedKeyAlone_IsReportedWithItsSuccessor(string path)
    {
        var key = KeyTable.All.OfType<RemovedKey>().Single(key => key.Path == path);
        var result = Loading.Yaml(Nested(path, "x"));

        var problem = path == "ephemeral_node_inactivity_timeout"
            ? Assert.Single(result.Warnings, warning => warning.Key == path)
            : Assert.Single(result.Errors);
        Assert.Equal(path, problem.Key);
        if (key.Successor is { } successor)
        {
            Assert.Contains(successor, problem.Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_RemovedKeyBesideItsSuccessor_IsIgnored()
    {
        var result = Loading.Yaml("db_type: sqlite3\ndatabase: {type: sqlite}\n");

        Assert.True(result.Succeeded);
        Assert.Equal("db_type", Assert.Single(result.IgnoredKeys).Key);
    }

    [Fact]
    public void Load_RemovedSectionWithoutValues_IsFine()
    {
        Assert.True(Loading.Yaml("dns_config:\n").Succeeded);
    }

    [Fact]
    public void Load_IgnoredKeyOfAnyShape_IsIgnored()
    {
        var result = Loading.Yaml("oidc:\n  scope: [openid]\n  extra_params: {domain_hint: example.com}\n  issuer: ~\n");

        Assert.True(result.Succeeded);
        Assert.Equal(["oidc.scope", "oidc.extra_params"], result.IgnoredKeys.Select(key => key.Key));
    }

    [Fact]
    public void Load_PolicyFile_IsTakenFromBesideTheConfiguration()
    {
        Assert.Equal(
            (PolicyMode.File, "/etc/meshcontrol/acl.hujson"), (Loading.Options(File).Policy.Mode, Loading.Options(File).Policy.Path));
    }

    [Fact]
    public void Load_UnknownKeyInASectionWithoutEffect_IsStillAnError()
    {
        Assert.Equal("Did you mean oidc.issuer?", Loading.Error("oidc: {isuer: https://id.example}").Remedy);
    }

    private static string Nested(string path, string value) =>
        path.Split('.') is [var section, var name] ? $"{section}: {{{name}: {value}}}" : $"{path}: {value}";
}
