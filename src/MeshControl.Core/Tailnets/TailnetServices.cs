using MeshControl.Core.Diagnostics;
using MeshControl.Core.Storage;
using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tailnets;

/// <summary>What all tailnets of a server share.</summary>
internal sealed record TailnetServices(
    IMeshStore Store,
    IdAllocator Ids,
    IPresencePort Presence,
    MeshDirectory Directory,
    TimeProvider Time,
    ILoggerFactory LoggerFactory,
    CoreMetrics Metrics,
    CancellationToken Stopping);
