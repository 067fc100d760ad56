namespace MeshControl.Server.RelayMaps;

/// <summary>What a URL answered when it could last be used.</summary>
/// <param name="Url">Where it is from.</param>
/// <param name="FetchedAt">When.</param>
/// <param name="Text">The map, as it came.</param>
internal sealed record MapCopy(string Url, DateTimeOffset FetchedAt, string Text)
{
    /// <summary>Header of that name, to be sent back; null if there was none.</summary>
    public string? ETag { get; init; }

    /// <inheritdoc cref="ETag"/>
    public string? LastModified { get; init; }
}
