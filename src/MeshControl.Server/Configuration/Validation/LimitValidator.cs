using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>What peers may take of the server together.</summary>
internal static class LimitValidator
{
    public static void Check(ServerOptions options, LoadContext context)
    {
        var limits = options.Limits;
        if (limits.MaxPendingConnections > limits.MaxConnections && context.AreSound(KeyNames.MaxConnections, KeyNames.MaxPendingConnections))
        {
            context.Error(
                KeyNames.MaxPendingConnections,
                $"{limits.MaxPendingConnections} is more than {KeyNames.MaxConnections}, which is {limits.MaxConnections}.",
                $"Write a number up to {limits.MaxConnections}; half of it leaves room for those that belong to nodes.");
        }

        CheckTimeout(KeyNames.HandshakeTimeout, limits.HandshakeTimeout, context);
        CheckTimeout(KeyNames.RequestTimeout, limits.RequestTimeout, context);
    }

    private static void CheckTimeout(string path, TimeSpan value, LoadContext context)
    {
        if (value < LimitOptions.MinTimeout || value > LimitOptions.MaxTimeout)
        {
            context.Error(
                path,
                $"{DurationText.Format(value)} is not between {DurationText.Format(LimitOptions.MinTimeout)} and "
                    + $"{DurationText.Format(LimitOptions.MaxTimeout)}.",
                "Write a duration in between, such as 15s.");
        }
    }
}
