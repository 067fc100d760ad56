using Microsoft.Extensions.Logging;

namespace MeshControl.Core.Tests.Support;

/// <summary>Keeps what was logged.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger
{
    private readonly List<(LogLevel Level, int Event)> _entries = [];

    /// <summary>Event numbers of the given level and above, in order.</summary>
    public int[] Events(LogLevel level)
    {
        lock (_entries)
        {
            return [.. _entries.Where(entry => entry.Level >= level).Select(entry => entry.Event)];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_entries)
        {
            _entries.Add((logLevel, eventId.Id));
        }
    }

    public void Dispose()
    {
    }
}
