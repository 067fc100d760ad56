using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language;

/// <summary>An entry of <c>acls</c>; its action is always accept.</summary>
/// <param name="Position">Of the entry in the text.</param>
public sealed record AclRule(TextPosition Position)
{
    public ImmutableArray<Alias> Sources { get; init; } = [];

    /// <summary>An IP protocol number; null: those that clients allow by default.</summary>
    public int? Protocol { get; init; }

    public ImmutableArray<AclDestination> Destinations { get; init; } = [];

    /// <summary>One of these must hold for a source; those of the file when none is named.</summary>
    public ImmutableArray<string> SourcePostures { get; init; } = [];
}
