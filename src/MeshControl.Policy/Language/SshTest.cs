using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>An entry of <c>sshTests</c>.</summary>
/// <param name="Position">Of the entry in the text.</param>
public sealed record SshTest(TextPosition Position)
{
    public string Source { get; init; } = "";

    public ImmutableArray<string> Destinations { get; init; } = [];

    /// <summary>Login names, each.</summary>
    public ImmutableArray<string> Accept { get; init; } = [];

    public ImmutableArray<string> Check { get; init; } = [];

    public ImmutableArray<string> Deny { get; init; } = [];

    /// <inheritdoc cref="AccessTest.SourceAttributes"/>
    public ImmutableDictionary<string, RawJson> SourceAttributes { get; init; } = ImmutableDictionary<string, RawJson>.Empty;
}
