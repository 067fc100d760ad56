using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>
/// A condition on a device attribute, such as <c>node:os == 'macos'</c>.
/// </summary>
/// <param name="Attribute">With its namespace: <c>node:os</c>, <c>custom:tier</c>.</param>
/// <param name="Operator">What is asked.</param>
/// <param name="Values">One, several for IN and NOT IN, none for IS SET and NOT SET.</param>
public sealed record PostureCondition(string Attribute, PostureOperator Operator, ImmutableArray<RawJson> Values);
