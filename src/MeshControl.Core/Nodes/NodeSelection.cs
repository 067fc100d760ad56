using System.IO.Enumeration;
using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Nodes;

/// <summary>Says which nodes are meant: those to which all applies that is given. Nothing given chooses all.</summary>
public sealed record NodeSelection
{
    /// <summary>These nodes alone. Where nothing else is given they are meant by name, so that one that is not there is an error.</summary>
    public IReadOnlyCollection<NodeId> Ids { get; init; } = [];

    /// <summary>Nodes of this user.</summary>
    public UserId? Owner { get; init; }

    /// <summary>Nodes with this tag; empty: any.</summary>
    public string Tag { get; init; } = "";

    /// <summary>Nodes with such a name: <c>*</c> stands for any characters, <c>?</c> for one. Empty: any.</summary>
    public string NamePattern { get; init; } = "";

    /// <summary>Nodes that have been offline for so long, or as long without ever connecting.</summary>
    public TimeSpan? OfflineFor { get; init; }

    /// <summary>Nodes whose key has expired.</summary>
    public bool Expired { get; init; }

    /// <summary>Whether nothing is given.</summary>
    public bool IsEmpty => Ids.Count == 0 && !HasConditions;

    private bool HasConditions => Owner is not null || Tag.Length > 0 || NamePattern.Length > 0 || OfflineFor is not null || Expired;

    /// <returns>The nodes, in order of ids; or which one is missing, or what makes no sense.</returns>
    public Result<IReadOnlyList<NodeEntry>> Choose(TailnetSnapshot snapshot, DateTimeOffset now)
    {
        if (Tag.Length > 0 && !TagNames.IsValid(Tag))
        {
            return CoreError.Invalid($"\"{Tag}\" is not a tag; write tag:name.");
        }

        if (NamePattern.Length > GivenNames.MaxLength)
        {
            return CoreError.Invalid($"A pattern for names has at most {GivenNames.MaxLength} characters, as names do.");
        }

        if (OfflineFor < TimeSpan.Zero)
        {
            return CoreError.Invalid("No node has been offline for a negative time.");
        }

        IEnumerable<NodeEntry> candidates = snapshot.Nodes;
        if (Ids.Count > 0)
        {
            var named = new List<NodeEntry>(Ids.Count);
            foreach (var id in Ids.Distinct())
            {
                if (snapshot.Nodes.TryGet(id, out var entry))
                {
                    named.Add(entry);
                }
                else if (!HasConditions)
                {
                    return NodeErrors.Unknown(id);
                }
            }

            candidates = named;
        }

        return candidates.Where(entry => Applies(entry, now)).OrderBy(entry => entry.Id.Value).ToArray();
    }

    private bool Applies(NodeEntry entry, DateTimeOffset now) =>
        (Owner is null || entry.Node.Owner == Owner)
        && (Tag.Length == 0 || entry.Node.Tags.Contains(Tag))
        && (NamePattern.Length == 0 || FileSystemName.MatchesSimpleExpression(NamePattern, entry.Node.GivenName))
        && (OfflineFor is not { } time || IsOfflineFor(entry, time, now))
        && (!Expired || entry.Node.IsExpired(now));

    private static bool IsOfflineFor(NodeEntry entry, TimeSpan time, DateTimeOffset now) =>
        !entry.Presence.Online && now - (entry.Presence.LastSeen ?? entry.Node.CreatedAt) >= time;
}
