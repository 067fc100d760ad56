using System.Globalization;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Processes;

/// <summary>
/// Whether the process may open as many files as its clients need. The runtime has raised the limit as far as it may; what is missing only
/// whoever starts the server can give.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>A client has one connection, and opens the next one while the server still believes in the old one.</summary>
    private const int PerNode = 2;

    /// <summary>Listeners, the database, its files, administration, the runtime's own; and nodes that are still to come.</summary>
    private const int Reserve = 256;

    /// <summary>The system's list of limits, and the beginning of the line that matters.</summary>
    private const string ListFile = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>How many files the process may open; null when there is no limit, or no telling.</summary>
    public static long? Read()
    {
        try
        {
            return Parse(File.ReadAllText(ListFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The limit that counts, the soft one.</summary>
    public static long? Parse(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal));
        var words = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var soft, ..] && long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    /// <summary>Whether the files suffice for the nodes, on both ways, while strangers hold all the connections that they may.</summary>
    /// <returns>Null when they do, else one sentence.</returns>
    public static string? Check(long? limit, int nodes, LimitOptions limits, DerpServerOptions relay)
    {
        var need = Math.Min(limits.MaxConnections, limits.MaxPendingConnections + ((long)nodes * PerNode)) + Reserve
            + (relay.Enabled ? Math.Min(relay.MaxConnections, nodes) : 0);
        return limit is { } files && files < need
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The process may open {files} files, but {nodes} nodes and {limits.MaxPendingConnections} pending connections need {need}: "
                + $"write LimitNOFILE={RoundedUp(need)} into the service file, raise the limit with ulimit -n before the start, or lower "
                + $"limits.max_pending_connections.")
            : null;
    }

    /// <summary>To a power of two, so that it need not be touched with every node.</summary>
    private static long RoundedUp(long need) => (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)need);
}
