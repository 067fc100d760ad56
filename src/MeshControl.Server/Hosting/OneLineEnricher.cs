using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;

namespace MeshControl.Server.Hosting;

/// <summary>
/// Escapes control characters in the texts that messages are filled with. Much of that comes from peers, who could otherwise
/// write lines of their own into the log, or give orders to the terminal of whoever reads it.
/// </summary>
internal sealed class OneLineEnricher : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? escaped = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: string text } && text.Any(char.IsControl))
            {
                (escaped ??= []).Add(new LogEventProperty(name, new ScalarValue(Escape(text))));
            }
        }

        escaped?.ForEach(logEvent.AddOrUpdateProperty);
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return escaped.ToString();
    }
}
