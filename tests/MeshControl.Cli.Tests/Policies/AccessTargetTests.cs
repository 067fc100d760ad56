using MeshControl.Cli.Policies;

namespace MeshControl.Cli.Tests.Policies;

public sealed class AccessTargetTests
{
    [Theory]
    [InlineData("web", "web", 0)]
    [InlineData("web:443", "web", 443)]
    [InlineData("tag:web", "tag:web", 0)]
    [InlineData("tag:web:443", "tag:web", 443)]
    [InlineData("tag:web:*", "tag:web", 0)]
    [InlineData("autogroup:internet:80", "autogroup:internet", 80)]
    [InlineData("ada@example.com:22", "ada@example.com", 22)]
    [InlineData("10.0.0.0/8:22", "10.0.0.0/8", 22)]
    [InlineData("fd7a:115c:a1e0::1", "fd7a:115c:a1e0::1", 0)]
    [InlineData("[fd7a:115c:a1e0::1]", "fd7a:115c:a1e0::1", 0)]
    [InlineData("[fd7a:115c:a1e0::1]:22", "fd7a:115c:a1e0::1", 22)]
    [InlineData(" web ", "web", 0)]
    [InlineData(":22", ":22", 0)]
    public void Parse_KnowsThePortFromTheName(string text, string name, int port)
    {
        Assert.Equal(new AccessTarget(name, port), AccessTarget.Parse(text));
    }

    [Theory]
    [InlineData("web:0")]
    [InlineData("web:65536")]
    [InlineData("web:99999999999999")]
    [InlineData("web:80,443")]
    [InlineData("web:80-90")]
    public void Parse_NotOnePort_IsNone(string text)
    {
        Assert.Null(AccessTarget.Parse(text));
    }
}
