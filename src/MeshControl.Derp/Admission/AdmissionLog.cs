using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Admission;

/// <summary>Messages of the admission by a control server: 2400–2449.</summary>
internal static partial class AdmissionLog
{
    [LoggerMessage(2400, LogLevel.Warning, "The control server {Url} does not say whom to serve: {Reason}. Clients are {Outcome}")]
    public static partial void NoAnswer(ILogger logger, string url, string reason, string outcome);
}
