namespace MeshControl.Core.Policies;

/// <summary>How much of policies a server keeps.</summary>
public static class PolicyLimits
{
    /// <summary>
    /// Longest text, in bytes of UTF-8: a thousand rules have some 200 KB, and with its frame it has to fit in one message of the
    /// administration.
    /// </summary>
    public const int MaxTextBytes = 1024 * 1024;

    /// <summary>Versions that are kept of each tailnet; older ones go. Years of daily changes.</summary>
    public const int MaxVersions = 1000;

    /// <summary>Longest name of whoever set a policy, in characters; what is more is cut off.</summary>
    public const int MaxAcceptedByLength = 255;
}
