namespace MeshControl.Core.Policies;

/// <summary>What a history tells of one version: everything but the text, of which a thousand would be much.</summary>
/// <param name="Version">Counts per tailnet, from 1.</param>
/// <param name="AcceptedAt">In whole microseconds.</param>
/// <param name="AcceptedBy">Who set it, for people to read.</param>
/// <param name="Origin">By which way it came.</param>
/// <param name="RollbackOf">The version whose text this is again; null when it was written anew.</param>
/// <param name="Length">Of the text, in characters.</param>
public sealed record PolicyVersion(long Version, DateTimeOffset AcceptedAt, string AcceptedBy, PolicyOrigin Origin, long? RollbackOf, int Length);
