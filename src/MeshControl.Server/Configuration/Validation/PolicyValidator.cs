using MeshControl.Core.Policies;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>A policy that somebody believes in and that nobody reads is worse than none.</summary>
internal static class PolicyValidator
{
    public static void Check(ServerOptions options, LoadContext context)
    {
        if (!context.AreSound(KeyNames.PolicyMode, KeyNames.PolicyPath))
        {
            return;
        }

        switch (options.Policy)
        {
            case { Mode: PolicyMode.Database, Path: not null }:
                context.Warn(
                    KeyNames.PolicyPath,
                    "Nobody reads this file, because policy.mode is database.",
                    "Write policy.mode: file, or remove this key.");
                break;
            case { Mode: PolicyMode.File, Path: null }:
                context.Warn(
                    KeyNames.PolicyMode,
                    "No file is named, so there is no policy and every node may reach every other one.",
                    "Name the file in policy.path, or write policy.mode: database.");
                break;
            default:
                break;
        }
    }
}
