using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language;

/// <summary>An entry of <c>ssh</c>.</summary>
/// <param name="Position">Of the entry in the text.</param>
public sealed record SshPolicyRule(TextPosition Position)
{
    /// <summary>True for <c>check</c>, false for <c>accept</c>.</summary>
    public bool Check { get; init; }

    public ImmutableArray<Alias> Sources { get; init; } = [];

    public ImmutableArray<Alias> Destinations { get; init; } = [];

    /// <summary>Trimmed.</summary>
    public ImmutableArray<string> Users { get; init; } = [];

    public static readonly TimeSpan DefaultCheckPeriod = TimeSpan.FromHours(12);

    /// <summary>How long an earlier check is good; zero: none is (<c>always</c>). Twelve hours when not written.</summary>
    public TimeSpan CheckPeriod { get; init; } = DefaultCheckPeriod;

    public ImmutableArray<string> AcceptEnv { get; init; } = [];

    /// <summary>Tags of the nodes that record sessions.</summary>
    public ImmutableArray<string> Recorders { get; init; } = [];

    public bool EnforceRecorder { get; init; }

    /// <inheritdoc cref="AclRule.SourcePostures"/>
    public ImmutableArray<string> SourcePostures { get; init; } = [];
}
