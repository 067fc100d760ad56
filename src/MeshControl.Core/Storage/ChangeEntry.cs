using System.Collections.Immutable;

namespace MeshControl.Core.Storage;

/// <summary>A row of the change log: what kind of thing was touched, and which. Whoever follows reads those rows again.</summary>
public sealed record ChangeEntry(ChangeKind Kind, ImmutableArray<long> Ids);
