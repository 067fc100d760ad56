namespace MeshControl.Server.RelayMaps;

/// <summary>How a source of the relay map is doing, for those who ask.</summary>
/// <param name="Name">The key, URL or path.</param>
/// <param name="Kind">What sort of place it is.</param>
/// <param name="ReadAt">When it was read last and could be used, or was found unchanged; null: never, or it is not read by the clock.</param>
/// <param name="Problem">Why what it says now is not in the map; null when it is. What it said before is, if it ever could be used.</param>
internal sealed record MapSourceStatus(string Name, MapSourceKind Kind, DateTimeOffset? ReadAt, string? Problem);
