using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>An entry of <c>nodeAttrs</c>.</summary>
/// <param name="Position">Of the entry in the text.</param>
public sealed record NodeAttributeRule(TextPosition Position)
{
    public ImmutableArray<Alias> Targets { get; init; } = [];

    public ImmutableArray<string> Attributes { get; init; } = [];

    /// <summary>Where new nodes get their IPv4 address from.</summary>
    public ImmutableArray<IpPrefix> IpPool { get; init; } = [];

    /// <summary>Settings of app connectors, by key.</summary>
    public ImmutableArray<GrantedCapability> App { get; init; } = [];
}
