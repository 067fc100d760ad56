using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>Reads the files with relay maps, and judges what the operator wrote.</summary>
internal static class DerpMaps
{
    /// <summary>What the operator's own parts are called where the map is shown.</summary>
    public const string InlineSource = KeyNames.DerpMap;

    /// <summary>What the server's own relay is called there.</summary>
    public const string OwnSource = "derp.server";

    public static DerpOptions Load(DerpOptions options, LoadContext context)
    {
        var files = new List<DerpMap>();
        for (var i = 0; i < options.Paths.Count; i++)
        {
            if (ReadFile($"{KeyNames.DerpPaths}[{i}]", options.Paths[i], context) is { } part)
            {
                files.Add(part);
            }
        }

        options = options with { Files = files };
        if (context.AreSound(KeyNames.DerpMap, KeyNames.DerpPaths))
        {
            Check(options, context);
        }

        return options;
    }

    private static DerpMap? ReadFile(string key, string path, LoadContext context)
    {
        var origin = context.Find(KeyNames.DerpPaths)?.Origin ?? default;
        var file = context.ReadFile(path);
        if (file.Text is null)
        {
            context.Error(
                key,
                origin,
                $"The relay map {path} cannot be read: {file.Failure}",
                "Check the path, and that the server's user may read the file.");
            return null;
        }

        var before = context.Errors.Count;
        var map = DerpMapDocument.Read(path, file.Text, context);
        if (map is null && context.Errors.Count == before)
        {
            context.Error(key, origin, $"The relay map {path} is empty.", "Write regions: into it, or remove it from the list.");
        }

        return map;
    }

    /// <summary>What others write comes later, and has to fit then.</summary>
    private static void Check(DerpOptions options, LoadContext context)
    {
        var own = MapMerge.Merge([
            new MapPart(InlineSource, options.Map),
            .. options.Paths.Zip(options.Files, (path, map) => new MapPart(path, map)),
        ]).Map;
        var hasMore = options.Urls.Count > 0 || options.Server is { Enabled: true, AddRegion: true };
        if (own.Regions!.Count == 0 && !hasMore)
        {
            context.Warn(
                KeyNames.DerpMap,
                "No relay is configured. Clients do not come up without one, and reach no peer behind a firewall.",
                $"Set {KeyNames.DerpServerEnabled} to true, describe your relay in {KeyNames.DerpMap}, or name maps in {KeyNames.DerpPaths} "
                    + $"or {KeyNames.DerpUrls}.");
        }

        foreach (var fault in hasMore ? MapRules.CheckNames(own) : MapRules.CheckWhole(own))
        {
            context.Error(KeyNames.DerpMap, fault.Message, fault.Remedy);
        }
    }
}
