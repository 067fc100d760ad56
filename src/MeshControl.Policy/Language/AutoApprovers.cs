using System.Collections.Immutable;

namespace MeshControl.Policy.Language;

/// <summary>Who may have routes without being asked.</summary>
public sealed record AutoApprovers
{
    public static readonly AutoApprovers None = new();

    public ImmutableArray<RouteApprovers> Routes { get; init; } = [];

    public ImmutableArray<Alias> ExitNode { get; init; } = [];

    /// <summary><c>svc:…</c> or a tag to its approvers.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<Alias>>> Services { get; init; } = [];
}
