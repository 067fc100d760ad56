using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;

namespace MeshControl.Core.Policies;

/// <summary>Puts a policy in force that was found good. A text that is in force already makes no new version.</summary>
/// <param name="text">Checked.</param>
/// <param name="access">What it comes to in <paramref name="compiledFor"/>.</param>
/// <param name="compiledFor">The snapshot that it was compiled for.</param>
/// <param name="by">Who sets it.</param>
/// <param name="origin">By which way it came.</param>
/// <param name="rollbackOf">The version whose text it is, or null.</param>
internal sealed class PutPolicyCommand(
    string text, AccessMap access, TailnetSnapshot compiledFor, string by, PolicyOrigin origin, long? rollbackOf) : TailnetCommand<StoredPolicy>
{
    /// <returns>What is in force then.</returns>
    protected override Result<StoredPolicy> Decide(TailnetDraft draft)
    {
        var before = draft.Snapshot.Policy;
        if (before?.Text == text && draft.Snapshot.PolicyProblem is null)
        {
            return before;
        }

        var policy = new StoredPolicy((before?.Version ?? 0) + 1, text, draft.Now, Shorten(by))
        {
            Origin = origin,
            RollbackOf = rollbackOf,
        };
        draft.Put(policy, access, compiledFor);
        return policy;
    }

    private static string Shorten(string name)
    {
        var end = Math.Min(name.Length, PolicyLimits.MaxAcceptedByLength);

        // Half a character is none that a database takes.
        return name[..(end > 0 && end < name.Length && char.IsHighSurrogate(name[end - 1]) ? end - 1 : end)];
    }
}
