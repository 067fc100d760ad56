using MeshControl.Derp.Map;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>One beyond each limit of the configuration, and the limit itself.</summary>
public sealed class LimitTests
{
    [Fact]
    public void Yaml_NestedOneLevelTooDeep_IsAnError()
    {
        Assert.DoesNotContain("levels of nesting", Nested(YamlReader.MaxDepth), StringComparison.Ordinal);
        Assert.Contains($"more than {YamlReader.MaxDepth} levels of nesting", Nested(YamlReader.MaxDepth + 1), StringComparison.Ordinal);

        static string Nested(int levels) =>
            Loading.Error($"nothing: {new string('[', levels)}{new string(']', levels)}").ToString();
    }

    [Fact]
    public void Yaml_OneAliasTooMany_IsAnError()
    {
        Assert.Empty(Loading.Yaml(Aliases(YamlReader.MaxAliases)).Errors);
        Assert.Contains("aliases", Loading.Error(Aliases(YamlReader.MaxAliases + 1)).Message, StringComparison.Ordinal);

        static string Aliases(int count) =>
            $"dns: {{search_domains: [&a a.example{string.Concat(Enumerable.Repeat(", *a", count))}]}}";
    }

    [Fact]
    public void Yaml_OneValueTooMany_IsAnError()
    {
        Assert.DoesNotContain("values", Loading.Error(Values(YamlReader.MaxValues)).Message, StringComparison.Ordinal);
        Assert.Contains($"more than {YamlReader.MaxValues} values", Loading.Error(Values(YamlReader.MaxValues + 1)).Message, StringComparison.Ordinal);

        // The document and the list are values, too.
        static string Values(int count) => $"nothing: [{string.Join(',', Enumerable.Repeat("0", count - 2))}]";
    }

    [Fact]
    public void Yaml_OneCharacterTooManyInAKey_IsAnError()
    {
        Assert.DoesNotContain("characters", Loading.Error($"{new string('k', YamlReader.MaxKeyLength)}: 0").Message, StringComparison.Ordinal);
        Assert.Contains(
            $"a key of more than {YamlReader.MaxKeyLength} characters",
            Loading.Error($"{new string('k', YamlReader.MaxKeyLength + 1)}: 0").Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("database: {{postgres: {{max_open_conns: {0}}}}}", PostgresOptions.MaxOpenConnectionsLimit)]
    [InlineData("limits: {{max_connections: {0}}}", LimitOptions.MaxConnectionsLimit)]
    [InlineData("limits: {{max_pending_logins: {0}}}", LimitOptions.MaxPendingLoginsLimit)]
    [InlineData("limits: {{max_failed_registrations: {0}}}", LimitOptions.MaxFailedRegistrationsLimit)]
    public void Integer_OneTooMany_IsAnError(string yaml, int most)
    {
        Assert.Empty(Loading.Yaml(Format(yaml, most)).Errors);
        Assert.Contains($"to {most}", Loading.Error(Format(yaml, most + 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_connections")]
    [InlineData("max_pending_connections")]
    public void Connections_OneTooFew_IsAnError(string key)
    {
        Assert.Empty(Loading.Yaml($"limits: {{max_connections: 16, max_pending_connections: {LimitOptions.MinConnections}}}").Errors);
        Assert.NotEmpty(Loading.Yaml($"limits: {{{key}: {LimitOptions.MinConnections - 1}}}").Errors);
    }

    [Fact]
    public void Connections_MorePendingThanThereMayBe_IsAnError()
    {
        Assert.Equal(100, Loading.Options("limits: {max_connections: 100, max_pending_connections: 100}").Limits.MaxPendingConnections);

        var error = Loading.Error("limits: {max_connections: 100, max_pending_connections: 101}");

        Assert.Equal("limits.max_pending_connections", error.Key);
    }

    [Theory]
    [InlineData("handshake_timeout")]
    [InlineData("request_timeout")]
    public void Timeout_OutsideItsRange_IsAnError(string key)
    {
        var (least, most) = (LimitOptions.MinTimeout, LimitOptions.MaxTimeout);
        Assert.All([least, most], time => Assert.Empty(Loading.Yaml(Timeout(time)).Errors));
        Assert.All(
            [least - TimeSpan.FromMilliseconds(1), most + TimeSpan.FromMilliseconds(1)],
            time => Assert.Equal($"limits.{key}", Loading.Error(Timeout(time)).Key));

        string Timeout(TimeSpan time) => $"limits: {{{key}: {(long)time.TotalMilliseconds}ms}}";
    }

    [Fact]
    public void Duration_OneMillisecondTooLong_IsAnError()
    {
        var most = (long)DurationText.Max.TotalMilliseconds;

        Assert.Equal(DurationText.Max, Loading.Options($"node: {{expiry: {most}ms}}").Node.Expiry);
        Assert.Equal("node.expiry", Loading.Error($"node: {{expiry: {most + 1}ms}}").Key);
    }

    [Fact]
    public void Domain_OneCharacterTooLong_IsAnError()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 5))[..DomainText.MaxLength];

        Assert.Empty(Loading.Yaml($"dns: {{search_domains: [{longest}]}}").Errors);
        Assert.Contains("search_domains", Loading.Error($"dns: {{search_domains: [{longest}a]}}").Key, StringComparison.Ordinal);
    }

    [Fact]
    public void Region_OneTooHigh_IsAnError()
    {
        Assert.Empty(Loading.Yaml(Region(MapRules.MaxRegionId)).Errors);
        Assert.NotEmpty(Loading.Yaml(Region(MapRules.MaxRegionId + 1)).Errors);

        static string Region(int id) => $"derp: {{map: {{regions: {{{id}: {{nodes: [{{name: a, hostname: h.example}}]}}}}}}}}";
    }

    private static string Format(string yaml, int value) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, yaml, value);
}
