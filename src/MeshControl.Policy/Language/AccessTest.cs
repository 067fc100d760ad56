using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>An entry of <c>tests</c>, as written: what is wrong with it fails the test.</summary>
/// <param name="Position">Of the entry in the text.</param>
public sealed record AccessTest(TextPosition Position)
{
    public string Source { get; init; } = "";

    /// <summary>As written; null: TCP or UDP.</summary>
    public string? Protocol { get; init; }

    public ImmutableArray<string> Accept { get; init; } = [];

    public ImmutableArray<string> Deny { get; init; } = [];

    /// <summary>Posture attributes that the source has in this test.</summary>
    public ImmutableDictionary<string, RawJson> SourceAttributes { get; init; } = ImmutableDictionary<string, RawJson>.Empty;
}
