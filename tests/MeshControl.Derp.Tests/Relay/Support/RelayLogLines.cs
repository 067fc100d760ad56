using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Tests.Relay.Support;

/// <summary>What the relay logged.</summary>
internal sealed class RelayLogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel, string)> _lines = new();

    public IEnumerable<(LogLevel Level, string Text)> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
    }
}
