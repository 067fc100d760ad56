namespace MeshControl.Server.RelayMaps;

/// <summary>What came of asking a URL: a new text, nothing new, or a problem.</summary>
/// <param name="New">What to keep if the text can be used.</param>
/// <param name="Problem">Why there is neither; a sentence without its full stop.</param>
internal readonly record struct MapAnswer(MapCopy? New, string? Problem)
{
    public static MapAnswer Unchanged => default;

    public static MapAnswer Failed(string problem) => new(null, problem);
}
