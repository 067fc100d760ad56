namespace MeshControl.Core.Tailnets;

/// <summary>What of the settings changed, as far as clients can see it. Two changes merge by <c>|</c>.</summary>
[Flags]
public enum SettingsAspects
{
    None = 0,

    Dns = 1,

    DerpMap = 2,

    /// <summary>The name of the tailnet's domain.</summary>
    Domain = 4,

    /// <summary>What each node is told of itself: the features that it may use.</summary>
    Self = 8,

    /// <summary>Clients shall no longer upload their logs. There is no word for the opposite: that takes a restart of the client.</summary>
    LogTailOff = 16,
}
