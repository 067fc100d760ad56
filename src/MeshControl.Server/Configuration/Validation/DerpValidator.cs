using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>How often relay maps are read.</summary>
internal static class DerpValidator
{
    /// <summary>Others serve these maps, and mostly to many.</summary>
    public static readonly TimeSpan MinUpdateFrequency = TimeSpan.FromSeconds(10);

    /// <summary>Timers reach a little further; who wants less can switch updates off.</summary>
    public static readonly TimeSpan MaxUpdateFrequency = TimeSpan.FromDays(30);

    public static void Check(ServerOptions options, LoadContext context)
    {
        if (options.Derp.UpdateFrequency < MinUpdateFrequency || options.Derp.UpdateFrequency > MaxUpdateFrequency)
        {
            context.Error(
                KeyNames.DerpUpdateFrequency,
                $"{DurationText.Format(options.Derp.UpdateFrequency)} is not between {DurationText.Format(MinUpdateFrequency)} and "
                    + $"{DurationText.Format(MaxUpdateFrequency)}.",
                "Write a time such as 3h, or derp.auto_update_enabled: false for no updates.");
        }
    }
}
