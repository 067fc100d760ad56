using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>Who may have this route, and those inside of it.</summary>
public sealed record RouteApprovers(IpPrefix Prefix, ImmutableArray<Alias> Approvers);
