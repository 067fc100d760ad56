using MeshControl.Core.Policies;
using MeshControl.Protocol.Control;
using MeshControl.Server.Hosting;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>Where the policy comes from: nobody may believe in one that is not read.</summary>
public sealed class PolicyKeyTests
{
    [Theory]
    [InlineData("{}", PolicyMode.Database, null)]
    [InlineData("policy: {path: \"\"}", PolicyMode.Database, null)]
    [InlineData("policy: {path: acl.hujson}", PolicyMode.File, "/etc/meshcontrol/acl.hujson")]
    [InlineData("policy: {mode: file, path: /srv/acl.hujson}", PolicyMode.File, "/srv/acl.hujson")]
    public void Load_ModeAndPath_AreWhatWasMeant(string yaml, PolicyMode mode, string? path)
    {
        var result = Loading.Yaml(yaml);

        Assert.Equal((mode, path), (result.Options!.Policy.Mode, result.Options.Policy.Path));
        Assert.DoesNotContain(result.Warnings, warning => warning.Key.StartsWith("policy", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_PathWithDatabaseMode_IsAWarningSinceNobodyReadsIt()
    {
        var result = Loading.Yaml("policy: {mode: database, path: acl.hujson}");

        Assert.Equal(PolicyMode.Database, result.Options!.Policy.Mode);
        Assert.Contains("Nobody reads", Assert.Single(result.Warnings, warning => warning.Key == "policy.path").Message, StringComparison.Ordinal);
        Assert.Null(TailnetSettingsFactory.From(result.Options, new DerpMap()).PolicyPath);
    }

    // Headscale's own default, so files have it.
    [Fact]
    public void Load_FileModeWithoutAPath_IsAWarningThatEverythingIsAllowed()
    {
        var result = Loading.Yaml("policy: {mode: file, path: \"\"}");

        Assert.Equal((PolicyMode.File, (string?)null), (result.Options!.Policy.Mode, result.Options.Policy.Path));
        Assert.Contains(
            "every node may reach every other", Assert.Single(result.Warnings, warning => warning.Key == "policy.mode").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownMode_IsAnError()
    {
        Assert.Equal("Did you mean database?", Loading.Error("policy: {mode: databse}").Remedy);
    }

    [Fact]
    public void Load_Domains_ReachTheTailnet()
    {
        var settings = TailnetSettingsFactory.From(Loading.Options("policy: {domains: [Example.com, example.org]}"), new DerpMap());

        Assert.Equal(["example.com", "example.org"], settings.PolicyDomains);
        Assert.Equal("policy.domains[1]", Loading.Error("policy: {domains: [example.com, '@x']}").Key);
    }
}
