using MeshControl.Server.Configuration.Options;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeshControl.Server.Hosting;

/// <summary>The log levels of a running server: one switch for all, and one for each area, which can be turned while it runs.</summary>
internal sealed class LogLevels
{
    /// <summary>The web server's own source. Its lines per request say nothing that ours do not.</summary>
    private const string WebServer = "Microsoft.AspNetCore";

    private readonly LoggingLevelSwitch _general = new();

    /// <summary>Of those lines alone. While any of them may be written, the web server keeps a trace of each request, and a map stream is one.</summary>
    private readonly LoggingLevelSwitch _requests = new();

    private readonly Dictionary<string, (LogArea Area, LoggingLevelSwitch Switch)> _sources = LogArea.All
        .SelectMany(area => area.Sources.Select(source => (area, source)))
        .ToDictionary(pair => pair.source, pair => (pair.area, new LoggingLevelSwitch()));

    public LogLevels(LogOptions options) => Apply(options);

    /// <summary>Turns the switches.</summary>
    public void Apply(LogOptions options)
    {
        _general.MinimumLevel = LevelOf(options.Level);
        foreach (var (source, (area, levelSwitch)) in _sources)
        {
            levelSwitch.MinimumLevel = options.Levels.FirstOrDefault(level => level.Area == area) is { } own ? LevelOf(own.Level)
                : source == WebServer && _general.MinimumLevel < LogEventLevel.Warning ? LogEventLevel.Warning
                : _general.MinimumLevel;
        }

        var webServer = _sources[WebServer].Switch.MinimumLevel;
        _requests.MinimumLevel = webServer <= LogEventLevel.Information ? webServer : Off;
    }

    public LoggerConfiguration Configure(LoggerConfiguration configuration)
    {
        configuration = configuration.MinimumLevel.ControlledBy(_general)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)

            // Why a start failed is said in one sentence, by who started.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", Off)

            // Said here, since filters of the logger factory count for nothing against the one that Serilog adds for itself.
            .MinimumLevel.Override("Microsoft.AspNetCore.Server.Kestrel.Http2", Off)
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", _requests);
        return _sources.Aggregate(configuration, (logging, source) => logging.MinimumLevel.Override(source.Key, source.Value.Switch));
    }

    /// <summary>One above the highest: there is no level that lets nothing through.</summary>
    private static LogEventLevel Off => LogEventLevel.Fatal + 1;

    private static LogEventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        LogLevel.Critical => LogEventLevel.Fatal,
        _ => Off,
    };
}
