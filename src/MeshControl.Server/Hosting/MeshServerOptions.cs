using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Processes;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server;

/// <summary>What a server is made of: the operator's options, and what tests put in place of the world.</summary>
public sealed record MeshServerOptions(ServerOptions Configuration)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>In place of the configured logging; null: as configured.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    public StopLimits StopLimits { get; init; } = new();

    /// <summary>Warnings and ignored keys of the configuration, to be logged at start.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
