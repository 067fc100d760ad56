using MeshControl.Core.Policies;
using MeshControl.Server.Admin;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Hosting;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Noise;
using MeshControl.Server.Policies;

namespace MeshControl.Server;

/// <summary>
/// Says what the server would say at its start about a configuration and the files that it names, without starting: nothing is
/// made, opened for writing or migrated, and nobody listens. Whether ports are free and databases answer shows only then.
/// </summary>
public static class ConfigurationCheck
{
    /// <param name="configurationFile">Named on the command line, or null.</param>
    /// <param name="environment">All variables of the process.</param>
    /// <param name="time">Tells whether a certificate has expired.</param>
    public static ConfigurationReport Run(
        string? configurationFile, IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        var loaded = ConfigurationLoader.Load(ConfigurationSource.ForProcess(configurationFile, environment));
        var errors = loaded.Errors.Select(error => error.ToString()).ToList();
        var warnings = loaded.Warnings.Select(warning => warning.ToString()).ToList();

        // All together, so that files are looked at even when keys are wrong.
        if (loaded.Readable is { } options)
        {
            errors.AddRange(Problems(options));
            errors.AddRange(PolicyProblem(options));
            if (ExpiredCertificate(options.Tls, time.GetUtcNow()) is { } expired)
            {
                warnings.Add(expired);
            }
        }

        return new ConfigurationReport(loaded.File, errors, warnings, [.. loaded.DescribeIgnoredKeys()]);
    }

    private static IEnumerable<string> Problems(ServerOptions options)
    {
        if (options.Tls.IsEnabled && CertificatePair.Read(options.Tls).Failure is { } failure)
        {
            yield return ServerCertificate.Unusable(options.Tls, failure);
        }

        string?[] found =
        [
            ServerKeyFile.Check(options.Noise.PrivateKeyPath) ?? Obstacle(options.Noise.PrivateKeyPath),
            options.Derp.Server.Enabled
                ? ServerKeyFile.Check(options.Derp.Server.PrivateKeyPath, "relay") ?? Obstacle(options.Derp.Server.PrivateKeyPath)
                : null,
            AdminSocket.Check(options.UnixSocket.Path) ?? Obstacle(options.UnixSocket.Path),
            options.Database.Type == DatabaseType.Sqlite ? Obstacle(options.Database.SqlitePath) : null,
        ];
        foreach (var problem in found.OfType<string>())
        {
            yield return problem;
        }
    }

    /// <summary>Of the policy file, all that does not depend on users and nodes.</summary>
    private static IEnumerable<string> PolicyProblem(ServerOptions options)
    {
        if (options.Policy is not { Mode: PolicyMode.File, Path: { } path })
        {
            yield break;
        }

        var reading = PolicyFileReading.Of(path);
        if (reading.Text is null)
        {
            yield return $"The policy file {path} (policy.path) cannot be read: {reading.Failure}.";
        }
        else if (PolicyBuilder.Read(reading.Text, TailnetSettingsFactory.From(options, options.Derp.Map)).Error is { } error)
        {
            yield return $"The policy file {path} (policy.path) is wrong: {PolicyFaults.Describe(error)}.";
        }
    }

    /// <summary>Why there cannot be a file of this path, as far as reading tells; null when nothing is in the way.</summary>
    private static string? Obstacle(string path)
    {
        if (Directory.Exists(path))
        {
            return $"{path} is a directory; name a file in it.";
        }

        for (var parent = Path.GetDirectoryName(Path.GetFullPath(path)); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (Path.Exists(parent))
            {
                return Directory.Exists(parent) ? null : $"{path} cannot be made, because {parent} is not a directory.";
            }
        }

        return null;
    }

    private static string? ExpiredCertificate(TlsOptions tls, DateTimeOffset now) =>
        tls.IsEnabled
        && CertificatePair.Read(tls).Context is { TargetCertificate: var certificate }
        && certificate.NotAfter.ToUniversalTime() is var end
        && end <= now.UtcDateTime
            ? $"The certificate {tls.CertPath} (tls_cert_path) expired on {end:yyyy-MM-dd HH:mm:ss} UTC; clients refuse it."
            : null;
}
