using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;
using MeshControl.Server.Listeners;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>How long nodes stay.</summary>
internal static class NodeValidator
{
    /// <summary>
    /// A client that is still there may be silent for one keep-alive and its jitter; deleting it then would cut a live node off.
    /// </summary>
    public static readonly TimeSpan MinEphemeralTimeout = TimeSpan.FromSeconds(65);

    /// <summary>Below it, logins expire while the browser is still open.</summary>
    public static readonly TimeSpan MinSensibleExpiry = TimeSpan.FromMinutes(5);

    public static void Check(ServerOptions options, LoadContext context)
    {
        var node = options.Node;
        if (node.EphemeralInactivityTimeout <= MinEphemeralTimeout)
        {
            context.Error(
                KeyNames.EphemeralTimeout,
                $"{DurationText.Format(node.EphemeralInactivityTimeout)} is too short: clients may be silent for "
                    + $"{DurationText.Format(MinEphemeralTimeout)}.",
                "Write a longer time, such as 2m.");
        }

        if (node.OfflineAfter < OfflineBudget.Least || node.OfflineAfter > OfflineBudget.Longest)
        {
            context.Error(
                KeyNames.OfflineAfter,
                $"{DurationText.Format(node.OfflineAfter)} is not between {DurationText.Format(OfflineBudget.Least)} and "
                    + $"{DurationText.Format(OfflineBudget.Longest)}.",
                $"Write such a time, or remove the line to get {DurationText.Format(OfflineBudget.Default.Total)}.");
        }

        if (node.Expiry < MinSensibleExpiry)
        {
            context.Warn(
                KeyNames.NodeExpiry,
                $"Logins expire after {DurationText.Format(node.Expiry.Value)}.",
                "Write a unit such as d if you meant days.");
        }
    }
}
