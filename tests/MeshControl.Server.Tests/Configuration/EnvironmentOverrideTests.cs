namespace MeshControl.Server.Tests.Configuration;

public sealed class EnvironmentOverrideTests
{
    [Fact]
    public void Load_VariableOfAKey_WinsOverTheFile()
    {
        var loading = new Loading
        {
            Files = { [Loading.ConfigPath] = "dns: {base_domain: from.file, magic_dns: false}" },
            Environment = { ["MESHCONTROL_DNS_BASE_DOMAIN"] = "from.environment", ["MESHCONTROL_NODE_EPHEMERAL_INACTIVITY_TIMEOUT"] = "5m" },
        };

        var options = loading.Load().Options!;

        Assert.Equal("from.environment", options.Dns.BaseDomain);
        Assert.False(options.Dns.MagicDns);
        Assert.Equal(TimeSpan.FromMinutes(5), options.Node.EphemeralInactivityTimeout);
    }

    [Theory]
    [InlineData("1.1.1.1,9.9.9.9")]
    [InlineData("1.1.1.1 9.9.9.9")]
    [InlineData(" 1.1.1.1,  9.9.9.9 ")]
    public void Load_List_IsSplitAtCommasAndSpaces(string text)
    {
        var options = new Loading { Environment = { ["MESHCONTROL_DNS_NAMESERVERS_GLOBAL"] = text } }.Load().Options!;

        Assert.Equal(["1.1.1.1", "9.9.9.9"], options.Dns.GlobalNameservers);
    }

    [Fact]
    public void Load_EmptyVariable_CountsAsUnset()
    {
        var loading = new Loading
        {
            Files = { [Loading.ConfigPath] = "server_url: https://a.example" },
            Environment = { ["MESHCONTROL_SERVER_URL"] = "", ["MESHCONTROL_CONFIG"] = "" },
        };

        Assert.Equal("a.example", loading.Load().Options!.ServerUrl.Host);
    }

    [Fact]
    public void Load_WrongValue_IsAnErrorThatNamesTheVariable()
    {
        var error = Assert.Single(new Loading { Environment = { ["MESHCONTROL_DNS_MAGIC_DNS"] = "perhaps" } }.Load().Errors);

        Assert.Equal("dns.magic_dns", error.Key);
        Assert.StartsWith("environment variable MESHCONTROL_DNS_MAGIC_DNS: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_KeyWithStructure_IsAnError()
    {
        var error = Assert.Single(new Loading { Environment = { ["MESHCONTROL_DERP_MAP"] = "{}" } }.Load().Errors);

        Assert.Equal("Write derp.map into the configuration file.", error.Remedy);
    }

    [Theory]
    [InlineData("MESHCONTROL_SERVER_ULR", "Did you mean MESHCONTROL_SERVER_URL?")]
    [InlineData("MESHCONTROL_COFNIG", "Did you mean MESHCONTROL_CONFIG?")]
    [InlineData("MESHCONTROL_PORT_8080_TCP_PROTO", "Unset it.")]
    [InlineData("HEADSCALE_SERVER_URL", "Rename it to MESHCONTROL_SERVER_URL.")]
    public void Load_UnknownVariable_IsAWarningWithASuggestion(string name, string remedy)
    {
        var result = new Loading { Environment = { [name] = "https://a.example" } }.Load();

        Assert.True(result.Succeeded);
        Assert.Equal(remedy, Assert.Single(result.Warnings, warning => warning.Origin.Variable == name).Remedy);
    }

    [Theory]
    [InlineData("MESHCONTROL_CLIENT_DIR")]
    [InlineData("MESHCONTROL_TEST_POSTGRES")]
    [InlineData("MESHCONTROL_UNIX_SOCKET")]
    [InlineData("HEADSCALE_DEBUG_DUMP_CONFIG")]
    [InlineData("PATH")]
    public void Load_OtherKnownVariable_IsNoWarning(string name)
    {
        var result = new Loading { Environment = { [name] = "/some/where" } }.Load();

        Assert.True(result.Succeeded);
        Assert.DoesNotContain(result.Warnings, warning => warning.Origin.Variable is not null);
    }

    [Fact]
    public void Load_VariableOfAnIgnoredKey_IsReportedAsIgnored()
    {
        var ignored = Assert.Single(new Loading { Environment = { ["MESHCONTROL_OIDC_ISSUER"] = "https://id.example" } }.Load().IgnoredKeys);

        Assert.Equal("oidc.issuer", ignored.Key);
        Assert.Equal("MESHCONTROL_OIDC_ISSUER", ignored.Origin.Variable);
    }
}
