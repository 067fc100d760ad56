using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>An entry of a grant's <c>ip</c>.</summary>
public sealed record GrantPorts(int? Protocol, ImmutableArray<PortRange> Ports);
