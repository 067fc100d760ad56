using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Check;

/// <summary>How a relay looks from here. Times are null where there was no answer, or nothing to ask.</summary>
/// <param name="Node">The relay, as the map has it.</param>
public sealed record NodeReport(DerpNode Node)
{
    /// <summary>For TCP and TLS, by the faster family.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary>For one small request over HTTPS, which is how clients measure without UDP.</summary>
    public TimeSpan? Https { get; init; }

    public TimeSpan? StunV4 { get; init; }

    public TimeSpan? StunV6 { get; init; }

    /// <summary>When its certificate expires.</summary>
    public DateTimeOffset? CertificateEnd { get; init; }

    /// <summary>The relay's key; null also where it tells only whom it serves.</summary>
    public DerpPublicKey? Key { get; init; }

    /// <summary>Whether it answers on port 80; null: the map does not say that it would.</summary>
    public bool? Port80 { get; init; }

    public IReadOnlyList<NodeFinding> Findings { get; init; } = [];

    public bool IsUsable => !Findings.Any(finding => finding.IsFatal);
}
