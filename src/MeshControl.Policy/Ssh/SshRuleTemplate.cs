using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>An entry of <c>ssh</c> before it is known whose rule it becomes.</summary>
internal sealed class SshRuleTemplate
{
    /// <summary>The rule's place in the section.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Of the entry in the text.</summary>
    public required TextPosition Position { get; init; }

    public required SourceExpression Sources { get; init; }

    /// <summary>Selectors of the destinations but <c>autogroup:self</c>.</summary>
    public required Bits Targets { get; init; }

    /// <summary><c>autogroup:self</c> is a destination.</summary>
    public required bool WithinOwner { get; init; }

    /// <summary>What <c>users</c> comes to for everybody.</summary>
    public required WireMap<string, string> Users { get; init; }

    /// <summary>Domains whose users may log in under the local part of their address.</summary>
    public required ImmutableArray<string> LocalPartDomains { get; init; }

    public required bool Check { get; init; }

    /// <summary>How long an earlier check is good; zero: none is.</summary>
    public required TimeSpan CheckPeriod { get; init; }

    /// <summary>Null when none are.</summary>
    public required WireList<string>? AcceptEnv { get; init; }

    /// <summary>Selectors of the tags of nodes that record sessions; empty: nothing is recorded.</summary>
    public required Bits Recorders { get; init; }

    public required bool EnforceRecorder { get; init; }

    public bool UsesLocalParts => !LocalPartDomains.IsEmpty;
}
