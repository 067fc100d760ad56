using MeshControl.Server.Hosting;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MeshControl.Server.Tests.Hosting;

public sealed class ServerLoggingTests
{
    // Escape sequences change what a terminal shows, and a line end makes a line that nobody wrote.
    [Theory]
    [InlineData("a\nb", "a\\u000Ab")]
    [InlineData("a\r\nb", "a\\u000D\\u000Ab")]
    [InlineData("\u001b[2Jgone", "\\u001B[2Jgone")]
    [InlineData("\u0085\u009b", "\\u0085\\u009B")]
    [InlineData("plain – text", "plain – text")]
    public void OneLine_TextOfAPeer_CannotBeALineOfItsOwn(string text, string shown)
    {
        var sink = new Lines();
        using var logger = new LoggerConfiguration().Enrich.With<OneLineEnricher>().WriteTo.Sink(sink).CreateLogger();

        logger.Information("Machine {Name} says {Text}", "one", text);

        Assert.Equal($"Machine one says {shown}", Assert.Single(sink.Written));
    }

    [Fact]
    public void OneLine_OtherValues_StayWhatTheyAre()
    {
        var sink = new Lines();
        using var logger = new LoggerConfiguration().Enrich.With<OneLineEnricher>().WriteTo.Sink(sink).CreateLogger();

        logger.Information("{Count} of {Total}", 1, null);

        Assert.Equal("1 of null", Assert.Single(sink.Written));
    }

    private sealed class Lines : ILogEventSink
    {
        public List<string> Written { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            using var writer = new StringWriter();
            new Serilog.Formatting.Display.MessageTemplateTextFormatter("{Message:lj}").Format(logEvent, writer);
            Written.Add(writer.ToString());
        }
    }
}
