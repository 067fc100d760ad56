using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Explain;

/// <summary>A rule between two ends.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Ports">That it opens.</param>
/// <param name="Families">By which of the two kinds of addresses.</param>
internal sealed record RuleMatch(RuleTemplate Rule, List<PortRange> Ports, AddressFamilies Families);
