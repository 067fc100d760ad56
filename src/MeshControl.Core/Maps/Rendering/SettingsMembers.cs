using System.Runtime.CompilerServices;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Maps.Rendering;

/// <summary>What a whole map says of the settings: the same to all viewers, so it is rendered once for each version of the settings.</summary>
internal static class SettingsMembers
{
    private static readonly ConditionalWeakTable<TailnetSettings, byte[]> Rendered = [];

    public static MapResponse Of(TailnetSettings settings) => new()
    {
        DerpMap = settings.DerpMap,
        DnsConfig = DnsConfigs.For(settings),
        Domain = settings.BaseDomain,
        CollectServices = false,
        Debug = settings.LogTail ? null : new DebugSettings { DisableLogTail = true },
    };

    /// <summary>The members without braces.</summary>
    public static byte[] Render(TailnetSettings settings) => Rendered.GetValue(settings, static settings => MapMembers.Of(Of(settings)));
}
