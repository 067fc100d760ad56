using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language;

/// <summary>An entry of <c>grants</c>.</summary>
/// <param name="Position">Of the entry in the text.</param>
public sealed record GrantRule(TextPosition Position)
{
    public ImmutableArray<Alias> Sources { get; init; } = [];

    public ImmutableArray<Alias> Destinations { get; init; } = [];

    /// <summary>In the order written; each makes a rule of its own.</summary>
    public ImmutableArray<GrantPorts> Ip { get; init; } = [];

    /// <summary>In the order written.</summary>
    public ImmutableArray<GrantedCapability> App { get; init; } = [];

    /// <summary>Tags of the routers that traffic goes through.</summary>
    public ImmutableArray<string> Via { get; init; } = [];

    /// <inheritdoc cref="AclRule.SourcePostures"/>
    public ImmutableArray<string> SourcePostures { get; init; } = [];
}
