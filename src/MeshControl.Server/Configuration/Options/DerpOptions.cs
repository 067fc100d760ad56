namespace MeshControl.Server.Configuration.Options;

/// <summary>The relays clients are told about.</summary>
public sealed record DerpOptions
{
    /// <summary>The files the map was read from, later ones winning.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];
}
