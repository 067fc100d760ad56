using System.Globalization;
using MeshControl.Core.Policies;
using MeshControl.Core.Tailnets;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Policies;

/// <summary>Sees to it that nobody is served without the policy that the operator wants.</summary>
internal static class PolicyStart
{
    /// <returns>What follows the policy file; null where there is none.</returns>
    /// <exception cref="StartupException">There is no policy that could be in force; the message says why and what to do.</exception>
    public static async Task<PolicyFileFollower?> RunAsync(
        ControlPlane controlPlane, ServerOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        PolicyFileFollower? follower = null;
        if (options.Policy.Mode == PolicyMode.File)
        {
            follower = await StartFileAsync(controlPlane.Default.Policies, options.Policy.Path, time, loggers, cancellationToken);
        }

        foreach (var tailnet in controlPlane.Tailnets)
        {
            if (tailnet.Policies.Problem is { } problem)
            {
                throw new StartupException(Unreadable(tailnet.Policies.Current!, PolicyFaults.Describe(problem), options.Database));
            }

            await tailnet.Policies.WarnOfFailedTestsAsync(cancellationToken);
        }

        return follower;
    }

    private static async Task<PolicyFileFollower?> StartFileAsync(
        PolicyService policies, string? path, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            // Nobody who had a policy shall lose it by leaving out a line.
            return policies.Current is { } stored
                ? throw new StartupException(
                    $"policy.mode is file and policy.path names none, so everything would be allowed; but version {stored.Version} of the policy "
                    + "was in force. Name the file in policy.path (one that says {} allows everything), or write policy.mode: database.")
                : null;
        }

        var follower = new PolicyFileFollower(path, PolicyFileReading.Of, policies, time, loggers.CreateLogger<PolicyFileFollower>());
        try
        {
            await follower.StartAsync(cancellationToken);
            return follower;
        }
        catch
        {
            follower.Dispose();
            throw;
        }
    }

    private static string Unreadable(StoredPolicy policy, string problem, DatabaseOptions database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The policy in {StoreSettings.Describe(database)} (version {policy.Version}, accepted {policy.AcceptedAt:u} from {policy.AcceptedBy}) ")
        + $"cannot be read any more: {problem}. Write a corrected one to a file, look at it with `meshctl policy check -f FILE`, and start with "
        + "policy.mode: file and policy.path naming it; after that policy.mode may be database again.";
}
