using System.Reflection;
using MeshControl.Core.Keys;
using MeshControl.Core.Nodes;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Nodes;

/// <summary>What one node can make the server keep and tell to everybody.</summary>
public sealed class HostinfoLimitTests
{
    private static readonly string LongText = new('x', HostinfoLimits.MaxTextLength);

    private static readonly Hostinfo AtTheLimit = new Hostinfo
    {
        NetInfo = new NetInfo { LinkType = LongText, FirewallMode = LongText, DerpLatency = Latencies(HostinfoLimits.MaxLatencies) },
        Tpm = new TpmInfo { Manufacturer = LongText, Vendor = LongText, FamilyIndicator = LongText },
        Services = Services(HostinfoLimits.MaxServices, LongText),
        RoutableIps = Routes(HostinfoLimits.MaxRoutes),
        RequestTags = WireSet.CopyOf(Texts(TagNames.MaxTags, LongText.Length)),
        WolMacs = WireList.CopyOf(Texts(HostinfoLimits.MaxWolMacs, LongText.Length)),
        SshHostKeys = WireList.CopyOf(Texts(HostinfoLimits.MaxHostKeys, HostinfoLimits.MaxHostKeyLength)),
    };

    public static TheoryData<string> TextProperties => [.. TextsOf(typeof(Hostinfo)).Select(property => property.Name)];

    [Fact]
    public void Apply_EverythingAtTheLimit_StaysTheSameObject()
    {
        Assert.Same(AtTheLimit, HostinfoLimits.Apply(AtTheLimit));
        Assert.All(TextsOf(typeof(Hostinfo)), property =>
        {
            var hostinfo = With(property.Name, LongText);
            Assert.Same(hostinfo, HostinfoLimits.Apply(hostinfo));
        });
    }

    // Whatever text is added to the record one day has to be bounded too.
    [Theory]
    [MemberData(nameof(TextProperties))]
    public void Apply_TextOneCharacterTooLong_IsCutOff(string property)
    {
        var bounded = HostinfoLimits.Apply(With(property, LongText + "y"));

        Assert.Equal(LongText, typeof(Hostinfo).GetProperty(property)!.GetValue(bounded));
    }

    [Fact]
    public void Apply_TextCutWithinACharacter_StaysText()
    {
        var text = new string('x', HostinfoLimits.MaxTextLength - 1) + "😀";

        Assert.Equal(text[..(HostinfoLimits.MaxTextLength - 1)], HostinfoLimits.Apply(new Hostinfo { Hostname = text }).Hostname);
    }

    [Fact]
    public void Apply_ListsOneTooLong_AreCutOff()
    {
        var bounded = HostinfoLimits.Apply(new Hostinfo
        {
            NetInfo = new NetInfo { DerpLatency = Latencies(HostinfoLimits.MaxLatencies + 1) },
            Services = Services(HostinfoLimits.MaxServices + 1, ""),
            RoutableIps = Routes(HostinfoLimits.MaxRoutes + 1),
            RequestTags = WireSet.CopyOf(Texts(TagNames.MaxTags + 1, 20)),
            WolMacs = WireList.CopyOf(Texts(HostinfoLimits.MaxWolMacs + 1, 20)),
            SshHostKeys = WireList.CopyOf(Texts(HostinfoLimits.MaxHostKeys + 1, 20)),
        });

        Assert.Equal(HostinfoLimits.MaxLatencies, bounded.NetInfo!.DerpLatency!.Count);
        Assert.Equal(HostinfoLimits.MaxServices, bounded.Services!.Count);
        Assert.Equal(HostinfoLimits.MaxRoutes, bounded.RoutableIps!.Count);
        Assert.Equal(TagNames.MaxTags, bounded.RequestTags!.Count);
        Assert.Equal(HostinfoLimits.MaxWolMacs, bounded.WolMacs!.Count);
        Assert.Equal(HostinfoLimits.MaxHostKeys, bounded.SshHostKeys!.Count);
    }

    [Fact]
    public void Apply_TooManyRoutesInAnyOrder_TheSameOnesAreKept()
    {
        var learnt = Enumerable.Range(0, HostinfoLimits.MaxRoutes).Select(number => $"10.0.{number / 256}.{number % 256}/32");
        string[] chosen = ["fd00::/64", "192.168.1.0/24", "::/0", "0.0.0.0/0"];
        IpPrefix[] sent = [.. learnt.Append("fd00::1/128").Concat(chosen).Select(IpPrefix.Parse)];
        var shuffled = sent.Concat(sent).ToArray();
        new Random(5).Shuffle(shuffled);

        var kept = Kept(sent);

        Assert.Equal(HostinfoLimits.MaxRoutes, kept.Count);
        Assert.Equal(["0.0.0.0/0", "::/0", "192.168.1.0/24", "fd00::/64", "10.0.0.0/32"], kept.Take(5).Select(route => route.ToString()));
        Assert.DoesNotContain(IpPrefix.Parse("fd00::1/128"), kept);
        Assert.Equal(kept.AsEnumerable(), Kept(sent.Reverse()));
        Assert.Equal(kept.AsEnumerable(), Kept(shuffled));

        static WireSet<IpPrefix> Kept(IEnumerable<IpPrefix> routes) =>
            HostinfoLimits.Apply(new Hostinfo { RoutableIps = WireSet.CopyOf(routes) }).RoutableIps!;
    }

    [Fact]
    public void Apply_OneRouteAndOneTagTooOften_AreCutOff()
    {
        var bounded = HostinfoLimits.Apply(new Hostinfo
        {
            RoutableIps = WireSet.CopyOf(Enumerable.Repeat(IpPrefix.Parse("10.0.0.0/24"), HostinfoLimits.MaxRoutes + 1)),
            RequestTags = WireSet.CopyOf(Enumerable.Repeat("tag:a", TagNames.MaxTags + 1)),
        });

        Assert.Equal((1, TagNames.MaxTags), (bounded.RoutableIps!.Count, bounded.RequestTags!.Count));
    }

    [Fact]
    public void Apply_TextsInsideTooLong_AreCutOff()
    {
        var tooLong = LongText + "y";
        var bounded = HostinfoLimits.Apply(new Hostinfo
        {
            NetInfo = new NetInfo
            {
                LinkType = tooLong,
                FirewallMode = tooLong,
                DerpLatency = WireMap.CopyOf([KeyValuePair.Create(tooLong, 1.0), KeyValuePair.Create("1-v4", 2.0)]),
            },
            Tpm = new TpmInfo { Manufacturer = tooLong, Vendor = tooLong, FamilyIndicator = tooLong },
            Services = [new Service { Proto = tooLong, Description = tooLong }],
            RequestTags = [tooLong],
            WolMacs = [tooLong],
            SshHostKeys = [new string('k', HostinfoLimits.MaxHostKeyLength + 1)],
        });

        Assert.Equal((LongText, LongText), (bounded.NetInfo!.LinkType, bounded.NetInfo.FirewallMode));
        Assert.Equal("1-v4", Assert.Single(bounded.NetInfo.DerpLatency!).Key);
        Assert.Equal((LongText, LongText, LongText), (bounded.Tpm!.Manufacturer, bounded.Tpm.Vendor, bounded.Tpm.FamilyIndicator));
        Assert.Equal((LongText, LongText), (bounded.Services![0].Proto, bounded.Services[0].Description));
        Assert.Equal((LongText, LongText), (bounded.RequestTags![0], bounded.WolMacs![0]));
        Assert.Equal(HostinfoLimits.MaxHostKeyLength, bounded.SshHostKeys![0].Length);
    }

    private static IEnumerable<PropertyInfo> TextsOf(Type type) => type.GetProperties().Where(property => property.PropertyType == typeof(string));

    private static Hostinfo With(string property, string text)
    {
        var hostinfo = new Hostinfo();
        typeof(Hostinfo).GetProperty(property)!.SetValue(hostinfo, text);
        return hostinfo;
    }

    private static IEnumerable<string> Texts(int count, int length) =>
        Enumerable.Range(0, count).Select(number => number.ToString("D5", System.Globalization.CultureInfo.InvariantCulture).PadRight(length, 'x'));

    private static WireList<Service> Services(int count, string text) =>
        WireList.CopyOf(Enumerable.Range(0, count).Select(port => new Service { Proto = "tcp", Port = (ushort)port, Description = text }));

    private static WireSet<IpPrefix> Routes(int count) =>
        WireSet.CopyOf(Enumerable.Range(0, count).Select(number => IpPrefix.Parse($"10.{number / 256}.{number % 256}.0/24")));

    private static WireMap<string, double> Latencies(int count) =>
        WireMap.CopyOf(Enumerable.Range(0, count).Select(number => KeyValuePair.Create($"{number}-v4", 0.1)));
}
