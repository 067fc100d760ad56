using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Configuration.Options;

public sealed record LogOptions
{
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>In place of <see cref="Level"/>, each area at most once.</summary>
    public IReadOnlyList<AreaLevel> Levels { get; init; } = [];

    public LogFormat Format { get; init; } = LogFormat.Text;
}
