using System.Net;
using MeshControl.Server.Relays;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Http;

/// <summary>How often one source may do something, by the pace of questions about node keys.</summary>
public sealed class SourcePaceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly SourcePace _pace;

    public SourcePaceTests() => _pace = new SourcePace(VerifyEndpoint.MaxAtOnce, VerifyEndpoint.MaxPerSecond, _time);

    [Fact]
    public void TryPass_AsManyAtOnceAsMayBe_AndOneMore()
    {
        var source = IPAddress.Parse("192.0.2.1");
        Take(source, VerifyEndpoint.MaxAtOnce);

        Assert.False(_pace.TryPass(source));
        Assert.True(_pace.TryPass(IPAddress.Parse("192.0.2.2")));
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(source, VerifyEndpoint.MaxPerSecond);
        Assert.False(_pace.TryPass(source));
    }

    [Fact]
    public void TryPass_AddressesOfOneNetwork_AreOneSource()
    {
        Take(IPAddress.Parse("2001:db8::1"), VerifyEndpoint.MaxAtOnce);

        Assert.False(_pace.TryPass(IPAddress.Parse("2001:db8::ffff:2")));
        Assert.True(_pace.TryPass(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public void TryPass_MoreSourcesThanAreRemembered_ForgetsTheFirst()
    {
        Take(Source(0), VerifyEndpoint.MaxAtOnce);
        for (var i = 1; i < SourcePace.MaxSources; i++)
        {
            Assert.True(_pace.TryPass(Source(i)));
        }

        Assert.False(_pace.TryPass(Source(0)));
        Assert.True(_pace.TryPass(Source(SourcePace.MaxSources)));
        Assert.True(_pace.TryPass(Source(0)));
    }

    [Fact]
    public void MustWait_Asked_CountsNothing()
    {
        var source = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < VerifyEndpoint.MaxAtOnce; i++)
        {
            Assert.False(_pace.MustWait(source));
            _pace.Count(source);
        }

        Assert.True(_pace.MustWait(source));
        _pace.Count(source);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_pace.MustWait(source));
    }

    private static IPAddress Source(int i) => new([10, 0, (byte)(i >> 8), (byte)i]);

    private void Take(IPAddress source, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_pace.TryPass(source));
        }
    }
}
