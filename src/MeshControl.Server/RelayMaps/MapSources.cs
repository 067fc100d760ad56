using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Derp;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.RelayMaps;

/// <summary>
/// All sources of the relay map and what each said when it could last be used. Guarded by the gate of <see cref="RelayMapService"/>.
/// </summary>
/// <param name="options">Where maps come from, at first; nothing is read yet.</param>
/// <param name="baseDomain">Of the tailnets, for the order of nodes.</param>
/// <param name="copies">Of the maps of others.</param>
/// <param name="readFile">Reads a file of the operator.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of what cannot be used, once for as long as it lasts.</param>
internal sealed class MapSources(
    DerpOptions options,
    string baseDomain,
    MapCopies copies,
    Func<string, ConfigurationFile> readFile,
    TimeProvider time,
    ILogger logger)
{
    private List<FileMap> _files = [];
    private bool _copyFailed;

    public DerpOptions Options { get; private set; } = options;

    public IReadOnlyList<RemoteMap> Remotes { get; private set; } = [];

    /// <summary>The region of the server's own relay; null: there is none.</summary>
    public DerpRegion? OwnRegion { get; set; }

    /// <summary>Takes the configuration over, with what was read of its files, and copies for the URLs that are new in it.</summary>
    public void TakeOver(DerpOptions next)
    {
        Options = next;
        Remotes = [.. next.Urls.Select(url => Remotes.FirstOrDefault(remote => remote.Url == url) ?? LoadCopy(url))];
        _files =
        [
            .. next.Paths.Select((path, i) =>
                new FileMap(path) { Map = next.Files.ElementAtOrDefault(i), ReadAt = time.GetUtcNow() }),
        ];
        copies.KeepOnly(next.Urls);
    }

    /// <summary>Takes an answer over, unless it is of no use.</summary>
    public void Apply(RemoteMap remote, MapAnswer answer)
    {
        remote.Problem = answer.Problem ?? (answer.New is { } copy ? Take(remote, copy) : null);
        remote.Failures = remote.Problem is null ? 0 : remote.Failures + 1;
        remote.ReadAt = remote.Problem is null ? time.GetUtcNow() : remote.ReadAt;
    }

    public void ReadFiles()
    {
        foreach (var file in _files)
        {
            var read = readFile(file.Path);
            var problem = read.Failure ?? "";
            var map = read.Text is { } text ? DerpMapDocument.Read(file.Path, text, isForeign: false, out problem) : null;
            if (map is not null)
            {
                (file.Map, file.ReadAt) = (map, time.GetUtcNow());
            }

            Report(file.Path, file.Problem, map is null ? problem : null, file.Map);
            file.Problem = map is null ? problem : null;
        }
    }

    /// <summary>What all of them say together.</summary>
    public MergedMap Merge() => MapMerge.MergeSound(Parts(null, null));

    /// <summary>Notes how the sources are doing, and says in the log what has changed about that.</summary>
    /// <param name="merged">What they last said together.</param>
    public IReadOnlyList<MapSourceStatus> Report(MergedMap merged)
    {
        var status = new List<MapSourceStatus>();
        if (Options.Map.Regions is { Count: > 0 })
        {
            status.Add(new MapSourceStatus(DerpMaps.InlineSource, MapSourceKind.Configuration, null, null));
        }

        foreach (var remote in Remotes)
        {
            var problem = remote.Problem ?? merged.Refused.GetValueOrDefault(remote.Name)?.ToString();
            Report(remote.Name, remote.Reported, problem, remote.Map);
            remote.Reported = problem;
            status.Add(new MapSourceStatus(remote.Name, MapSourceKind.Url, remote.ReadAt, problem));
        }

        status.AddRange(_files.Select(file => new MapSourceStatus(file.Path, MapSourceKind.File, file.ReadAt, file.Problem)));
        if (OwnRegion is not null)
        {
            status.Add(new MapSourceStatus(DerpMaps.OwnSource, MapSourceKind.OwnRelay, null, null));
        }

        return status;
    }

    private void Report(string source, string? before, string? now, DerpMap? map)
    {
        if (before is null && now is not null)
        {
            var consequence = map is null ? "nothing of it is in the map" : "what it said before stays in the map";
            Log.RelayMapUnusable(logger, source, now, consequence);
        }
        else if (before is not null && now is null)
        {
            Log.RelayMapUsable(logger, source);
        }
    }

    /// <returns>Null, or why the text is of no use.</returns>
    private string? Take(RemoteMap remote, MapCopy copy)
    {
        if (remote.Read(copy, out var problem) is not { } map)
        {
            return problem;
        }

        if (MapMerge.MergeSound(Parts(remote, map)).Refused.TryGetValue(remote.Name, out var fault))
        {
            return fault.ToString();
        }

        var unverified = MapRules.Unchecked(map).Select(one => one.Node.Name).ToArray();
        if (unverified.Length > 0 && !map.Equals(remote.Map))
        {
            Log.RelayMapChecksKept(logger, remote.Name, string.Join(", ", unverified));
        }

        var before = remote.Copy;
        remote.Take(map, copy);
        var isNew = before is null || before with { FetchedAt = copy.FetchedAt } != copy;
        if (isNew && copies.Save(copy) is { } reason && !_copyFailed)
        {
            _copyFailed = true;
            Log.RelayMapNotCopied(logger, remote.Name, copies.Directory, reason);
        }

        return null;
    }

    private RemoteMap LoadCopy(Uri url)
    {
        var remote = new RemoteMap(url);
        if (copies.Load(url) is { } copy && remote.Read(copy, out _) is { } map)
        {
            remote.Take(map, copy);
            remote.ReadAt = copy.FetchedAt;
        }

        return remote;
    }

    /// <summary>In the order of merging, with <paramref name="map"/> in place of what <paramref name="changed"/> said.</summary>
    private List<MapPart> Parts(RemoteMap? changed, DerpMap? map)
    {
        var parts = new List<MapPart> { new(DerpMaps.InlineSource, Options.Map) };
        foreach (var remote in Remotes)
        {
            if ((remote == changed ? map : remote.Map) is { } current)
            {
                parts.Add(new MapPart(remote.Name, RemoteMap.Adapt(current, baseDomain), IsForeign: true));
            }
        }

        parts.AddRange(_files.Where(file => file.Map is not null).Select(file => new MapPart(file.Path, file.Map!)));
        if (OwnRegion is { } own)
        {
            var regions = WireMap.CopyOf([KeyValuePair.Create<int, DerpRegion?>(own.RegionId, own)]);
            parts.Add(new MapPart(DerpMaps.OwnSource, new DerpMap { Regions = regions }));
        }

        return parts;
    }
}
