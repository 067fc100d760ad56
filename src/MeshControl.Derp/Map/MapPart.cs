using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Map;

/// <summary>What one source says. A null region removes that of an earlier part.</summary>
/// <param name="Source">Tells sources apart: the key, path or URL that it comes from.</param>
/// <param name="Map">Has passed <see cref="MapRules.CheckPart"/>.</param>
/// <param name="IsForeign">Somebody else writes it: it has to fit what is there, and is left out if it does not.</param>
public sealed record MapPart(string Source, DerpMap Map, bool IsForeign = false);
