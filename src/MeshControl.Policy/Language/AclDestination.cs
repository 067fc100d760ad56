using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>A destination with its ports, in the order written, neither sorted nor merged.</summary>
public sealed record AclDestination(Alias Alias, ImmutableArray<PortRange> Ports);
