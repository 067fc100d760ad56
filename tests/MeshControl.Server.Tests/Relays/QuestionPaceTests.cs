using System.Net;
using MeshControl.Server.Relays;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Relays;

/// <summary>How often strangers may ask about node keys.</summary>
public sealed class QuestionPaceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly QuestionPace _pace;

    public QuestionPaceTests() => _pace = new QuestionPace(_time);

    [Fact]
    public void TryPass_AsManyAtOnceAsMayBe_AndOneMore()
    {
        var source = IPAddress.Parse("192.0.2.1");
        Take(source, QuestionPace.MaxAtOnce);

        Assert.False(_pace.TryPass(source));
        Assert.True(_pace.TryPass(IPAddress.Parse("192.0.2.2")));
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(source, QuestionPace.MaxPerSecond);
        Assert.False(_pace.TryPass(source));
    }

    [Fact]
    public void TryPass_AddressesOfOneNetwork_AreOneSource()
    {
        Take(IPAddress.Parse("2001:db8::1"), QuestionPace.MaxAtOnce);

        Assert.False(_pace.TryPass(IPAddress.Parse("2001:db8::ffff:2")));
        Assert.True(_pace.TryPass(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public void TryPass_MoreSourcesThanAreRemembered_ForgetsTheFirst()
    {
        Take(Source(0), QuestionPace.MaxAtOnce);
        for (var i = 1; i < QuestionPace.MaxSources; i++)
        {
            Assert.True(_pace.TryPass(Source(i)));
        }

        Assert.False(_pace.TryPass(Source(0)));
        Assert.True(_pace.TryPass(Source(QuestionPace.MaxSources)));
        Assert.True(_pace.TryPass(Source(0)));
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
