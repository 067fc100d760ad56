using System.Collections.Immutable;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>Somebody or something that a question is about.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Label">What the words were taken for, such as <c>tag:web (3 nodes)</c>.</param>
/// <param name="Alias">The word for it in a policy; for a node that of its tag or user, as policies have none for single nodes.</param>
public sealed record Subject(SubjectKind Kind, string Label, string Alias)
{
    /// <summary>In the order of their index; empty for other kinds, and for a word that nobody fits.</summary>
    public ImmutableArray<PolicyNode> Nodes { get; init; } = [];

    /// <summary>For <see cref="SubjectKind.Addresses"/>, and for nodes that are named by address: only these of theirs are meant.</summary>
    public ImmutableArray<IpPrefix> Prefixes { get; init; } = [];
}
