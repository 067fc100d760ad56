using MeshControl.Core.Tailnets;
using MeshControl.Policy.Language;
using MeshControl.Policy.World;

namespace MeshControl.Core.Policies;

/// <summary>Makes of a text what nodes are told, for the world of one snapshot.</summary>
public static class PolicyBuilder
{
    /// <summary>
    /// Reads a text and checks all of it that does not depend on users and nodes. One without any content is refused: a file that somebody
    /// is writing, or a pipe that nothing came out of, must not open a network.
    /// </summary>
    public static Result<PolicyFile> Read(string text, TailnetSettings settings)
    {
        if (PolicyTexts.Check(text) is { } unreadable)
        {
            return unreadable;
        }

        if (!PolicyReader.TryRead(text, TailnetOf(settings), out var file, out var error))
        {
            return CoreError.Of(error);
        }

        return PolicyReader.IsBlank(text)
            ? CoreError.Invalid("The policy is empty; write {} if everything is to be allowed, or {\"acls\": []} if nothing is.")
            : file;
    }

    /// <summary>
    /// What is in force by a policy that was accepted some time ago. If it cannot be read any more it comes to nothing being allowed: no
    /// fault may open a network. A tailnet that never had a policy allows everything.
    /// </summary>
    /// <returns>The policy, and why it is not the stored one; null when it is.</returns>
    internal static (PolicyFile File, CoreError? Problem) ReadStored(StoredPolicy? stored, TailnetSettings settings) =>
        stored is null ? (PolicyFile.None, null)
        : Read(stored.Text, settings).TryGetValue(out var file, out var problem) ? (file, null)
        : (new PolicyFile { Text = stored.Text, Acls = [] }, problem);

    /// <summary>What of the settings policies depend on; it stays the same while a server runs.</summary>
    public static PolicyTailnet TailnetOf(TailnetSettings settings) => new()
    {
        Prefixes = [.. settings.Addresses.Prefixes],
        Domains = settings.PolicyDomains.IsEmpty ? null : settings.PolicyDomains,
    };
}
