using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.RelayMaps;
using MeshControl.Server.Tests.Rpc;
using MeshControl.Testing.Time;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Tests.RelayMaps;

/// <summary>A keeper of the relay map with files of its own, a clock that stands still, and a list of what it published.</summary>
internal sealed class MapBench : IAsyncDisposable
{
    public const string Domain = "mesh.internal";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("mesh");
    private readonly List<RelayMapService> _services = [];
    private readonly Lock _gate = new();
    private readonly List<DerpMap> _published = [];

    /// <summary>The one that was made last.</summary>
    public RelayMapService Service => _services[^1];

    public ManualTimeProvider Time { get; } = new();

    /// <summary>Warnings and information.</summary>
    public LogCollector Log { get; } = new(LogLevel.Information);

    public Dictionary<string, string> Files { get; } = [];

    public string Copies => Path.Combine(_directory.FullName, "derp_maps");

    public IReadOnlyList<DerpMap> Published
    {
        get
        {
            lock (_gate)
            {
                return [.. _published];
            }
        }
    }

    public IEnumerable<string> Warnings => Log.Entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Text);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static DerpOptions Options(params IReadOnlyList<Uri> urls) =>
        new() { Urls = urls, Server = new DerpServerOptions { PrivateKeyPath = "/nowhere", Enabled = false } };

    public static DerpRegion Region(int id, params string[] nodes) => new()
    {
        RegionId = id,
        RegionCode = $"{id}",
        RegionName = $"Region {id}",
        Nodes = WireList.CopyOf(nodes.Select(name => new DerpNode { Name = name, RegionId = id, HostName = $"{name}.example" })),
    };

    public static DerpMap Map(params DerpRegion[] regions) =>
        new() { Regions = WireMap.CopyOf(regions.Select(region => KeyValuePair.Create(region.RegionId, (DerpRegion?)region))) };

    /// <summary>The text of a map with one region of one node.</summary>
    public static string Text(int region, string node) =>
        $"{{\"Regions\": {{\"{region}\": {{\"RegionID\": {region}, "
        + $"\"Nodes\": [{{\"Name\": \"{node}\", \"RegionID\": {region}, \"HostName\": \"{node}.example\"}}]}}}}}}";

    public RelayMapService Create(DerpOptions options)
    {
        var logger = Log.CreateLogger("maps");
        ConfigurationFile Read(string path) => Files.TryGetValue(path, out var text) ? ConfigurationFile.Of(text) : ConfigurationFile.Missing;
        var service = new RelayMapService(new MapSources(options, Domain, new MapCopies(Copies), Read, Time, logger), Time, logger);
        _services.Add(service);
        return service;
    }

    /// <summary>Starts one, and lets it publish.</summary>
    public async Task<RelayMapService> StartAsync(DerpOptions options, DerpRegion? own = null)
    {
        var service = Create(options);
        await service.StartAsync(own, Token);
        await service.ConnectAsync(service.Current.Map, PublishAsync, Token);
        return service;
    }

    public Task PublishAsync(DerpMap map, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _published.Add(map);
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }
}
