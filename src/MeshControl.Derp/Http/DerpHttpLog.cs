using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Http;

/// <summary>Events 2510 to 2519.</summary>
internal static partial class DerpHttpLog
{
    [LoggerMessage(2510, LogLevel.Debug, "The name {Name} is not found ({Reason}); clients are told what it resolved to before")]
    public static partial void NameNotFound(ILogger logger, string name, string reason);

    [LoggerMessage(2511, LogLevel.Warning, "The names for clients without a name service are not looked up now; the old addresses stay")]
    public static partial void RefreshFailed(ILogger logger, Exception fault);
}
