using MeshControl.Server.Configuration.Options;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Formatting.Json;

namespace MeshControl.Server.Hosting;

/// <summary>Where log lines go and how they look.</summary>
internal static class ServerLogging
{
    private const string TextTemplate =
        "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <param name="logging">To be configured.</param>
    /// <param name="format">Of the lines.</param>
    /// <param name="levels">What is logged, now and later.</param>
    public static void Configure(ILoggingBuilder logging, LogFormat format, LogLevels levels)
    {
        var configuration = levels.Configure(new LoggerConfiguration()).Enrich.FromLogContext();
        configuration = format == LogFormat.Json
            ? configuration.WriteTo.Console(new JsonFormatter(renderMessage: true))
            : configuration.Enrich.With<OneLineEnricher>()
                .WriteTo.Console(outputTemplate: TextTemplate, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        logging.ClearProviders();

        // Who decides is below, where the levels can be changed.
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddSerilog(configuration.CreateLogger(), dispose: true);
    }
}
