using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MeshControl.FunctionalTests.Support;

/// <summary>Keeps what a server logs, so that a test fails when the server complains about something the test did not provoke.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly ConcurrentDictionary<int, bool> _expected = new();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>Warnings and errors that were not expected.</summary>
    public IReadOnlyList<LogLine> Complaints =>
        [.. _lines.Where(line => line.Level >= LogLevel.Warning && !_expected.ContainsKey(line.Event))];

    /// <summary>Says that the test provokes this event.</summary>
    public void Expect(int eventId) => _expected[eventId] = true;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        // The lines outlive the server that wrote them.
    }

    private sealed class Logger(LogRecorder owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                owner._lines.Enqueue(new LogLine(logLevel, eventId.Id, category, formatter(state, exception), exception));
            }
        }
    }
}
