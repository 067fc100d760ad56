namespace MeshControl.Server.Configuration;

/// <summary>What a check of a configuration found, as sentences.</summary>
/// <param name="File">The absolute path of the file that was read; null when there was none and the defaults apply.</param>
/// <param name="Errors">What would keep the server from starting; empty when the configuration is valid.</param>
/// <param name="Warnings">What the server would say and start all the same.</param>
/// <param name="IgnoredKeys">Keys that are understood but have no effect.</param>
public sealed record ConfigurationReport(
    string? File, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings, IReadOnlyList<string> IgnoredKeys);
