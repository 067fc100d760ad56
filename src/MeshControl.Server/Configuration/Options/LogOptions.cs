using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Configuration.Options;

public sealed record LogOptions
{
    public LogLevel Level { get; init; } = LogLevel.Information;

    public LogFormat Format { get; init; } = LogFormat.Text;
}
