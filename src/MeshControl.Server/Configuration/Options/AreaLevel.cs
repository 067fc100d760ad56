using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Configuration.Options;

/// <summary>The log level of one area, in place of the general one.</summary>
public sealed record AreaLevel(LogArea Area, LogLevel Level);
