using MeshControl.Policy.Tests.Support;

namespace MeshControl.Policy.Tests.Access;

/// <summary>Rules that ask something of the devices of their sources.</summary>
public sealed class PostureTests
{
    private readonly TestTailnet _tailnet = new TestTailnet()
        .User("alice@example.com")
        .Node("mac", "alice@example.com")
        .Node("phone", "alice@example.com")
        .Node("web", "tag:web")
        .Attribute("mac", "node:os", "\"macos\"")
        .Attribute("phone", "node:os", "\"ios\"");

    [Theory]
    [InlineData("", ", \"srcPosture\": [\"posture:mac\"]")]
    [InlineData(", \"defaultSrcPosture\": [\"posture:mac\"]", "")]
    public void Sources_OfAConditionalGrant_AreTheDevicesThatSatisfyIt(string section, string member)
    {
        var map = _tailnet.Apply(
            "{\"tagOwners\": {\"tag:web\": []}, \"postures\": {\"posture:mac\": [\"node:os == 'macos'\"]}" + section
            + ", \"grants\": [{\"src\": [\"alice@example.com\"], \"dst\": [\"tag:web\"], \"ip\": [\"*\"], "
            + "\"app\": {\"tailscale.com/cap/drive\": []}" + member + "}]}");

        var (mac, phone, web) = (_tailnet["mac"].Index, _tailnet["phone"].Index, _tailnet["web"].Index);
        Assert.All(map.FilterOf(web).Rules, rule => Assert.Equal(["100.64.0.1", "fd7a:115c:a1e0::1"], rule.SrcIps!));

        // The companion goes to where the traffic comes from, so to nobody else.
        Assert.Single(map.FilterOf(mac).Rules);
        Assert.Empty(map.FilterOf(phone).Rules);
        Assert.True(map.Sees(mac, web));
        Assert.False(map.Sees(phone, web));
    }
}
