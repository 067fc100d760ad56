using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Policies;
using MeshControl.Server.RelayMaps;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Hosting;

/// <summary>
/// Brings a changed configuration to a running server. What cannot change while it runs is named and left as it is; what a wrong
/// configuration says is not looked at.
/// </summary>
/// <param name="running">What the server runs with.</param>
/// <param name="settings">Takes what concerns tailnets.</param>
/// <param name="maps">Takes what concerns relays.</param>
/// <param name="levels">Null where the log is not the configuration's.</param>
/// <param name="certificate">Looks at its files again; null without TLS.</param>
/// <param name="logger">Is told what happened.</param>
internal sealed class ConfigurationReload(
    ServerOptions running,
    LiveSettings settings,
    RelayMapService maps,
    LogLevels? levels,
    ServerCertificate? certificate,
    ILogger logger)
{
    /// <summary>What the server runs with: what it was started with, but for the keys that were reloaded.</summary>
    public ServerOptions Running { get; private set; } = running;

    /// <summary>Looks at its file again; null where the policy is in the database, which nobody has changed behind our back.</summary>
    public PolicyFileFollower? PolicyFile { get; init; }

    /// <returns>False when the configuration was refused.</returns>
    public async Task<bool> ApplyAsync(ConfigurationResult loaded, CancellationToken cancellationToken)
    {
        if (!loaded.Succeeded)
        {
            foreach (var error in loaded.Errors)
            {
                Log.ReloadProblem(logger, error.ToString());
            }

            Log.ReloadRefused(logger);
            return false;
        }

        foreach (var notice in loaded.Notices())
        {
            Log.ConfigurationWarning(logger, notice);
        }

        var changed = KeyTable.All.OfType<UsedKey>().Where(key => key.Differs(Running, loaded.Options)).ToArray();
        var reloadable = Array.FindAll(changed, key => key.IsReloadable);
        if (reloadable.Length > 0)
        {
            var next = reloadable.Aggregate(Running, (options, key) => key.Copy(loaded.Options, options));
            var error = await settings.ChangeAsync(
                before => TailnetSettingsFactory.From(next, before.DerpMap), cancellationToken);
            if (error is not null)
            {
                Log.ReloadProblem(logger, error.Message);
                Log.ReloadRefused(logger);
                return false;
            }

            levels?.Apply(next.Log);
            Running = next;
        }

        // Also what its files say now, which is no change of a key. These say themselves what came of it.
        Running = Running with { Derp = Running.Derp with { Files = loaded.Options.Derp.Files } };
        var mapBefore = maps.Current;
        await maps.ReloadAsync(Running.Derp, cancellationToken);
        var fileChanged = certificate?.Reload() is CertificateReload.Replaced or CertificateReload.Kept || maps.Current.Tag != mapBefore.Tag;
        if (PolicyFile is not null)
        {
            await PolicyFile.ReloadAsync(cancellationToken);
        }

        Report(fileChanged, reloadable, Array.FindAll(changed, key => !key.IsReloadable));
        return true;
    }

    private void Report(bool fileChanged, UsedKey[] applied, UsedKey[] waiting)
    {
        if (applied.Length > 0)
        {
            Log.Reloaded(logger, Names(applied));
        }
        else if (waiting.Length == 0 && !fileChanged)
        {
            Log.ReloadedUnchanged(logger);
        }

        if (waiting.Length > 0)
        {
            Log.RestartNeeded(logger, Names(waiting));
        }

        static string Names(UsedKey[] keys) => string.Join(", ", keys.Select(key => key.Path));
    }
}
