using System.Globalization;
using Microsoft.Extensions.Logging;

namespace MeshControl.FunctionalTests.Support;

/// <summary>Something a server logged.</summary>
internal sealed record LogLine(LogLevel Level, int Event, string Category, string Text, Exception? Exception)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Level} {Category} {Event}: {Text}{(Exception is null ? "" : $"\n{Exception}")}");
}
