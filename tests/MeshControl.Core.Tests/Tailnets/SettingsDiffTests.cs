using System.Net;
using MeshControl.Core.Addresses;
using MeshControl.Core.Maps;
using MeshControl.Core.Policies;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Policy.Approval;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Tailnets;

/// <summary>Whatever the settings hold, a change is either told to clients or known not to concern them.</summary>
public sealed class SettingsDiffTests
{
    private static readonly DerpMap Relays = new()
    {
        Regions = WireMap.CopyOf([KeyValuePair.Create<int, DerpRegion?>(7, new DerpRegion { RegionId = 7 })]),
    };

    private static readonly Dictionary<string, (Func<TailnetSettings, TailnetSettings> Edit, SettingsAspects Told)> Changes = new()
    {
        [nameof(TailnetSettings.ChannelUrl)] = (s => s with { ChannelUrl = "https://other.test" }, SettingsAspects.None),
        [nameof(TailnetSettings.BaseDomain)] =
            (s => s with { BaseDomain = "other.test" }, SettingsAspects.Domain | SettingsAspects.Self | SettingsAspects.Dns),
        [nameof(TailnetSettings.Addresses)] =
            (s => s with { Addresses = new AddressPlan(IPNetwork.Parse("100.65.0.0/16"), null, AddressStrategy.Random) }, SettingsAspects.None),
        [nameof(TailnetSettings.Dns)] = (s => s with { Dns = new DnsSettings { GlobalResolvers = ["192.0.2.1"] } }, SettingsAspects.Dns),
        [nameof(TailnetSettings.DerpMap)] = (s => s with { DerpMap = Relays }, SettingsAspects.DerpMap),
        [nameof(TailnetSettings.Taildrop)] = (s => s with { Taildrop = !s.Taildrop }, SettingsAspects.Self),
        [nameof(TailnetSettings.AutoUpdate)] = (s => s with { AutoUpdate = !s.AutoUpdate }, SettingsAspects.Self),
        [nameof(TailnetSettings.LogTail)] = (s => s with { LogTail = !s.LogTail }, SettingsAspects.LogTailOff),
        [nameof(TailnetSettings.PolicyMode)] = (s => s with { PolicyMode = PolicyMode.File }, SettingsAspects.None),
        [nameof(TailnetSettings.PolicyPath)] = (s => s with { PolicyPath = "/policy.hujson" }, SettingsAspects.None),
        [nameof(TailnetSettings.PolicyDomains)] = (s => s with { PolicyDomains = ["mesh.test"] }, SettingsAspects.None),
        [nameof(TailnetSettings.NodeExpiry)] = (s => s with { NodeExpiry = TimeSpan.FromDays(1) }, SettingsAspects.None),
        [nameof(TailnetSettings.ApprovalRequired)] = (s => s with { ApprovalRequired = true }, SettingsAspects.None),
        [nameof(TailnetSettings.Approved)] = (s => s with { Approved = ApprovedDevices.Of(["tag:a"]) }, SettingsAspects.None),
        [nameof(TailnetSettings.EphemeralTimeout)] = (s => s with { EphemeralTimeout = TimeSpan.FromDays(1) }, SettingsAspects.None),
        [nameof(TailnetSettings.OfflineGrace)] = (s => s with { OfflineGrace = TimeSpan.FromDays(1) }, SettingsAspects.None),
    };

    private static TailnetSettings Before => Make.Settings() with { LogTail = true };

    public static TheoryData<string> Properties() => [.. typeof(TailnetSettings).GetProperties().Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Properties))]
    public void Between_OneProperty_IsToldAsItShouldBe(string property)
    {
        var (edit, told) = Changes[property];

        Assert.Equal(told, SettingsDiff.Between(Before, edit(Before)));
    }

    [Fact]
    public void Between_EqualOnes_IsNothing()
    {
        Assert.Equal(SettingsAspects.None, SettingsDiff.Between(Before, Before));
    }
}
