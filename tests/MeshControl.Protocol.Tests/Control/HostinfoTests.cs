using System.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>What <see cref="EveryRecordTests"/> does not say already.</summary>
public sealed class HostinfoTests
{
    [Fact]
    public void Equals_RoutesAndTagsInAnotherOrder_IsTrue()
    {
        var left = Parse("""{"RoutableIPs":["10.0.0.0/8","0.0.0.0/0","::/0"],"RequestTags":["tag:a","tag:b"]}""");
        var right = Parse("""{"RoutableIPs":["::/0","0.0.0.0/0","10.0.0.0/8"],"RequestTags":["tag:b","tag:a","tag:b"]}""");
        Assert.Equal(left, right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
        Assert.NotEqual(left, Parse("""{"RoutableIPs":["10.0.0.0/8","0.0.0.0/0"],"RequestTags":["tag:a","tag:b"]}"""));
    }

    [Fact]
    public void Equals_ServicesInAnotherOrder_IsFalse() =>
        Assert.NotEqual(
            Parse("""{"Services":[{"Proto":"tcp","Port":1},{"Proto":"udp","Port":2}]}"""),
            Parse("""{"Services":[{"Proto":"udp","Port":2},{"Proto":"tcp","Port":1}]}"""));

    [Fact]
    public void Routes_ReadAndWritten_KeepTheirOrderAndHostBits()
    {
        const string Json = """{"RoutableIPs":["10.50.0.7/24","0.0.0.0/0","fd00::1/64"]}""";
        Assert.Equal(Json, Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(Parse(Json))));
    }

    [Fact]
    public void WithNetInfoFrom_NoNetInfo_KeepsThePreviousOne()
    {
        var previous = new Hostinfo { Hostname = "old", NetInfo = new NetInfo { PreferredDerp = 900 } };
        var merged = new Hostinfo { Hostname = "new" }.WithNetInfoFrom(previous);
        Assert.Equal(("new", 900), (merged.Hostname, merged.NetInfo!.PreferredDerp));
    }

    [Fact]
    public void WithNetInfoFrom_OwnNetInfo_StaysAsItIs()
    {
        var own = new Hostinfo { NetInfo = new NetInfo { PreferredDerp = 901 } };
        Assert.Same(own, own.WithNetInfoFrom(new Hostinfo { NetInfo = new NetInfo { PreferredDerp = 900 } }));
    }

    [Fact]
    public void WithNetInfoFrom_NothingKnown_StaysAsItIs()
    {
        var host = new Hostinfo { Hostname = "a" };
        Assert.Same(host, host.WithNetInfoFrom(null));
        Assert.Same(host, host.WithNetInfoFrom(new Hostinfo()));
    }

    private static Hostinfo Parse(string json) => ControlJson.Parse<Hostinfo>(Encoding.UTF8.GetBytes(json));
}
