using System.Security.Cryptography;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.RelayMaps;

/// <summary>Makes the keeper of the relay map as the configuration wants it.</summary>
internal static class RelayMapSetup
{
    /// <summary>Beside the server's key, which lies on this machine whatever the database is.</summary>
    public const string DirectoryName = "derp_maps";

    public static RelayMapService Create(ServerOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<RelayMapService>();
        var data = Path.GetDirectoryName(Path.GetFullPath(options.Noise.PrivateKeyPath))!;
        var copies = new MapCopies(Path.Combine(data, DirectoryName));
        var sources = new MapSources(options.Derp, options.Dns.BaseDomain, copies, SystemFiles.Read, time, logger);
        return new RelayMapService(sources, time, logger) { Jitter = () => RandomNumberGenerator.GetInt32(0, 1001) / 1000.0 };
    }
}
