namespace MeshControl.Core.Policies;

/// <summary>A policy that was accepted. It never changes; another one gets the next version.</summary>
/// <param name="Version">Counts per tailnet, from 1.</param>
/// <param name="Text">As its author wrote it.</param>
/// <param name="AcceptedAt">In whole microseconds.</param>
/// <param name="AcceptedBy">Who set it, for people to read: a user, a key, a file.</param>
public sealed record StoredPolicy(long Version, string Text, DateTimeOffset AcceptedAt, string AcceptedBy)
{
    /// <summary>Of the text, in characters, as databases count them.</summary>
    public int Length => Text.EnumerateRunes().Count();

    public PolicyOrigin Origin { get; init; } = PolicyOrigin.Api;

    /// <summary>The version whose text this is again; null when it was written anew.</summary>
    public long? RollbackOf { get; init; }
}
