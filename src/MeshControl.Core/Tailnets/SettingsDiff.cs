using MeshControl.Core.Maps;

namespace MeshControl.Core.Tailnets;

/// <summary>Compares two states of the settings, as <see cref="NodeDiff"/> does with nodes: by what clients would be told.</summary>
internal static class SettingsDiff
{
    public static SettingsAspects Between(TailnetSettings before, TailnetSettings after)
    {
        if (ReferenceEquals(before, after))
        {
            return SettingsAspects.None;
        }

        return If(!DnsConfigs.For(before).Equals(DnsConfigs.For(after)), SettingsAspects.Dns)
            | If(!before.DerpMap.Equals(after.DerpMap), SettingsAspects.DerpMap)
            | If(before.BaseDomain != after.BaseDomain, SettingsAspects.Domain | SettingsAspects.Self)
            | If(before.Taildrop != after.Taildrop || before.AutoUpdate != after.AutoUpdate, SettingsAspects.Self)
            | If(before.LogTail && !after.LogTail, SettingsAspects.LogTailOff);
    }

    private static SettingsAspects If(bool differs, SettingsAspects aspects) => differs ? aspects : SettingsAspects.None;
}
