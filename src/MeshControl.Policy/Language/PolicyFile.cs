using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>A policy that was read and found valid. What its text looked like is kept beside it, untouched.</summary>
public sealed record PolicyFile
{
    /// <summary>A policy that says nothing, as there is where none was ever set: everybody may reach everything.</summary>
    public static readonly PolicyFile None = new() { Text = "" };

    /// <summary>The text it was read from, as its author wrote it.</summary>
    public required string Text { get; init; }

    /// <summary><c>group:…</c> to its members: users, or all users of a domain.</summary>
    public ImmutableDictionary<string, ImmutableArray<Alias>> Groups { get; init; } =
        ImmutableDictionary<string, ImmutableArray<Alias>>.Empty;

    public ImmutableDictionary<string, IpPrefix> Hosts { get; init; } = ImmutableDictionary<string, IpPrefix>.Empty;

    /// <summary><c>ipset:…</c> to what it holds after all additions and removals: disjoint prefixes, sorted.</summary>
    public ImmutableDictionary<string, ImmutableArray<IpPrefix>> IpSets { get; init; } =
        ImmutableDictionary<string, ImmutableArray<IpPrefix>>.Empty;

    /// <summary><c>tag:…</c> to who may give it: users, groups, tags, roles. A tag must be here to be used anywhere.</summary>
    public ImmutableDictionary<string, ImmutableArray<Alias>> TagOwners { get; init; } =
        ImmutableDictionary<string, ImmutableArray<Alias>>.Empty;

    /// <summary>Null when the file has no such section: without this and <see cref="Grants"/> everything is allowed.</summary>
    public ImmutableArray<AclRule>? Acls { get; init; }

    /// <summary>As <see cref="Acls"/>.</summary>
    public ImmutableArray<GrantRule>? Grants { get; init; }

    public ImmutableArray<SshPolicyRule> Ssh { get; init; } = [];

    public ImmutableArray<NodeAttributeRule> NodeAttributes { get; init; } = [];

    public AutoApprovers AutoApprovers { get; init; } = AutoApprovers.None;

    /// <summary><c>posture:…</c> to its conditions, all of which must hold.</summary>
    public ImmutableDictionary<string, ImmutableArray<PostureCondition>> Postures { get; init; } =
        ImmutableDictionary<string, ImmutableArray<PostureCondition>>.Empty;

    /// <summary>Postures for rules that name none.</summary>
    public ImmutableArray<string> DefaultSourcePostures { get; init; } = [];

    public ImmutableArray<AccessTest> Tests { get; init; } = [];

    public ImmutableArray<SshTest> SshTests { get; init; } = [];

    public bool RandomizeClientPort { get; init; }

    public bool DisableIPv4 { get; init; }

    /// <summary><c>mac-always</c>, <c>mac-never</c>, or empty: the client decides.</summary>
    public string OneCgnatRoute { get; init; } = "";

    /// <summary>Merged into the server's own; null when the file has none.</summary>
    public DerpMap? DerpMap { get; init; }

    /// <summary>Regions that the file sets to null, and so removes.</summary>
    public ImmutableArray<int> RemovedDerpRegions { get; init; } = [];
}
