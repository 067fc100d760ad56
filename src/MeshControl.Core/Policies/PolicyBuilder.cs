using MeshControl.Core.Tailnets;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;

namespace MeshControl.Core.Policies;

/// <summary>Makes of a text what nodes are told, for the world of one snapshot.</summary>
internal static class PolicyBuilder
{
    /// <summary>What a tailnet goes by that never had a policy: everything is allowed.</summary>
    public const string NoPolicy = "{}";

    /// <summary>Reads a text and checks all of it that does not depend on users and nodes.</summary>
    public static Result<PolicyFile> Read(string text, TailnetSettings settings)
    {
        if (PolicyTexts.Check(text) is { } unreadable)
        {
            return unreadable;
        }

        return new PolicyFile { Text = text };
    }

    /// <summary>What of the settings policies depend on; it stays the same while a server runs.</summary>
    public static PolicyTailnet TailnetOf(TailnetSettings settings) => new()
    {
        Prefixes = [.. settings.Addresses.Prefixes],
        Domains = settings.PolicyDomains.IsEmpty ? null : settings.PolicyDomains,
    };
}
