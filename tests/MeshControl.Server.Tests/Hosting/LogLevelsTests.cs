using System.Text.Json;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Hosting;
using MeshControl.Server.Tests.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace MeshControl.Server.Tests.Hosting;

/// <summary>Levels per area, and what a line of JSON is.</summary>
public sealed class LogLevelsTests
{
    private const string Polling = "MeshControl.Server.Polling.MapStreams";
    private const string Noise = "MeshControl.Server.Noise.UpgradeEndpoint";
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";
    private const string Requests = "Microsoft.AspNetCore.Hosting.Diagnostics";

    [Fact]
    public void Apply_AreaWithItsOwnLevel_GoesByItAndOthersByTheGeneralOne()
    {
        var levels = new LogLevels(Options(LogLevel.Warning, ("noise", LogLevel.Debug)));
        using var logger = levels.Configure(new LoggerConfiguration()).CreateLogger();

        Assert.True(IsEnabled(logger, Noise, LogEventLevel.Debug));
        Assert.False(IsEnabled(logger, Noise, LogEventLevel.Verbose));
        Assert.False(IsEnabled(logger, Polling, LogEventLevel.Information));
        Assert.True(IsEnabled(logger, Polling, LogEventLevel.Warning));
    }

    [Fact]
    public void Apply_Again_TurnsTheLoggersThatThereAre()
    {
        var levels = new LogLevels(Options(LogLevel.Information));
        using var logger = levels.Configure(new LoggerConfiguration()).CreateLogger();
        var (polling, noise) = (Of(logger, Polling), Of(logger, Noise));
        Assert.False(polling.IsEnabled(LogEventLevel.Debug));

        levels.Apply(Options(LogLevel.Error, ("polling", LogLevel.Debug)));
        Assert.True(polling.IsEnabled(LogEventLevel.Debug));
        Assert.False(noise.IsEnabled(LogEventLevel.Warning));
        levels.Apply(Options(LogLevel.Information));

        Assert.False(polling.IsEnabled(LogEventLevel.Debug));
        Assert.True(noise.IsEnabled(LogEventLevel.Information));
    }

    [Fact]
    public void WebServer_IsQuietUnlessAskedFor()
    {
        var levels = new LogLevels(Options(LogLevel.Trace));
        using var logger = levels.Configure(new LoggerConfiguration()).CreateLogger();
        Assert.False(IsEnabled(logger, Kestrel, LogEventLevel.Information));
        Assert.True(IsEnabled(logger, "MeshControl.Server.PublicEndpoints", LogEventLevel.Verbose));

        levels.Apply(Options(LogLevel.Information, ("http", LogLevel.Debug)));
        Assert.True(IsEnabled(logger, Kestrel, LogEventLevel.Debug));
        levels.Apply(Options(LogLevel.Error));
        Assert.False(IsEnabled(logger, Kestrel, LogEventLevel.Warning));
    }

    [Fact]
    public void WebServerRequests_AreOffAltogetherUnlessTheirLinesAreAskedFor()
    {
        // The web server keeps a trace of each request if it may write anything about it, be it critical.
        var levels = new LogLevels(Options(LogLevel.Trace));
        using var logger = levels.Configure(new LoggerConfiguration()).CreateLogger();
        Assert.False(IsEnabled(logger, Requests, LogEventLevel.Fatal));

        levels.Apply(Options(LogLevel.Warning, ("http", LogLevel.Information)));
        Assert.True(IsEnabled(logger, Requests, LogEventLevel.Information));
        Assert.False(IsEnabled(logger, Requests, LogEventLevel.Debug));
    }

    [Fact]
    public void WebServerHttp2_IsSilent()
    {
        var levels = new LogLevels(Options(LogLevel.Trace, ("http", LogLevel.Trace)));
        using var logger = levels.Configure(new LoggerConfiguration()).CreateLogger();

        Assert.False(IsEnabled(logger, "Microsoft.AspNetCore.Server.Kestrel.Http2", LogEventLevel.Fatal));
    }

    [Fact]
    public void Disabled_LetsNothingThrough()
    {
        var levels = new LogLevels(Options(LogLevel.Information, ("noise", LogLevel.None)));
        using var logger = levels.Configure(new LoggerConfiguration()).CreateLogger();

        Assert.False(IsEnabled(logger, Noise, LogEventLevel.Fatal));
        Assert.True(IsEnabled(logger, Polling, LogEventLevel.Fatal));
    }

    // An area that nothing belongs to would be a promise without effect.
    [Fact]
    public void Areas_EverySourceOfOurs_HoldsTypes()
    {
        System.Reflection.Assembly[] assemblies =
            [typeof(MeshServer).Assembly, typeof(Core.Tailnets.Tailnet).Assembly, System.Reflection.Assembly.Load("MeshControl.Store")];
        var names = assemblies.SelectMany(assembly => assembly.GetTypes()).Select(type => type.FullName + ".").ToArray();

        Assert.All(
            LogArea.All.SelectMany(area => area.Sources).Where(source => source.StartsWith("MeshControl", StringComparison.Ordinal)),
            source => Assert.Contains(names, name => name.StartsWith(source + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void Areas_AreThoseOfTheDocumentation()
    {
        var text = Reference.RepositoryFile("docs/operations/configuration.md");

        Assert.All(LogArea.All, area => Assert.Contains($"| {area.Name} | {area.Meaning} |", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("log: {levels: {noise: debug, polling: warn}}")]
    [InlineData("log: {levels: {polling: warning, noise: debug}}")]
    public void Load_Section_IsRead(string yaml)
    {
        Assert.Equal(
            [("noise", LogLevel.Debug), ("polling", LogLevel.Warning)],
            Loading.Options(yaml).Log.Levels.Select(level => (level.Area.Name, level.Level)).Order());
    }

    [Theory]
    [InlineData("log: {levels: {noize: debug}}", "log.levels.noize", "Did you mean noise?")]
    [InlineData("log: {levels: {weather: debug}}", "log.levels.weather", "The areas are admin, ")]
    [InlineData("log: {levels: {noise: debgu}}", "log.levels.noise", "Did you mean debug?")]
    [InlineData("log: {levels: [noise=debug]}", "log.levels", "Write one area a line")]
    [InlineData("log: {levels: debug}", "log.levels", "Write one area a line")]
    public void Load_Mistakes_AreErrorsWithARemedy(string yaml, string key, string remedy)
    {
        var error = Loading.Error(yaml);

        Assert.Equal(key, error.Key);
        Assert.StartsWith(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Variable_IsReadAndItsMistakesToo()
    {
        var loading = new Loading { Environment = { ["MESHCONTROL_LOG_LEVELS"] = "noise=debug, polling=warn" } };
        Assert.Equal(["noise", "polling"], loading.Load().Options!.Log.Levels.Select(level => level.Area.Name));

        loading.Environment["MESHCONTROL_LOG_LEVELS"] = "noise";
        Assert.Contains("area=level", Assert.Single(loading.Load().Errors).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_EachEvent_IsOneObjectOnALineWithTheSameFields()
    {
        using var output = new StringWriter();
        using (var logger = new LoggerConfiguration().WriteTo.Sink(new Lines(output)).CreateLogger())
        {
            logger.Information("Machine {Name} says {Text}", "one", "a\nb\u001b[2J");
            logger.Error(new InvalidOperationException("first\nsecond"), "It failed");
        }

        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        foreach (var line in lines)
        {
            using var document = JsonDocument.Parse(line);
            var fields = document.RootElement.EnumerateObject().Select(field => field.Name).ToArray();
            Assert.Equal(["Timestamp", "Level", "MessageTemplate", "RenderedMessage"], fields[..4]);
            Assert.All(fields[4..], field => Assert.Contains(field, (string[])["Exception", "Properties"]));
        }
    }

    private static LogOptions Options(LogLevel general, params (string Area, LogLevel Level)[] levels) => new()
    {
        Level = general,
        Levels = [.. levels.Select(level => new AreaLevel(LogArea.All.Single(area => area.Name == level.Area), level.Level))],
    };

    private static Serilog.ILogger Of(Logger logger, string source) => logger.ForContext(Constants.SourceContextPropertyName, source);

    private static bool IsEnabled(Logger logger, string source, LogEventLevel level) => Of(logger, source).IsEnabled(level);

    private sealed class Lines(TextWriter output) : ILogEventSink
    {
        private readonly JsonFormatter _formatter = new(renderMessage: true);

        public void Emit(LogEvent logEvent) => _formatter.Format(logEvent, output);
    }
}
