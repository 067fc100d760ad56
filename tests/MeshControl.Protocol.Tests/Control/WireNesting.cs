using System.Reflection;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Control;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>Finds for a wire record the message that contains it, and the JSON around it.</summary>
internal static class WireNesting
{
    public static string NameOf(PropertyInfo property) => property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? property.Name;

    /// <returns>A message type, and what makes its JSON out of the JSON of the record.</returns>
    public static (Type Message, Func<string, string> Wrap) Of(Type record)
    {
        var queue = new Queue<(Type Type, Type Message, Func<string, string> Wrap)>();
        var seen = new HashSet<Type>();
        foreach (var message in Samples.MessageTypes)
        {
            queue.Enqueue((message, message, json => json));
        }

        while (queue.TryDequeue(out var entry))
        {
            if (entry.Type == record)
            {
                return (entry.Message, entry.Wrap);
            }

            if (!seen.Add(entry.Type))
            {
                continue;
            }

            foreach (var property in Samples.Properties(entry.Type))
            {
                var (inner, template) = Unpack(property.PropertyType, "%");
                if (Samples.RecordTypes.Contains(inner))
                {
                    var text = $"{{\"{NameOf(property)}\":{template}}}";
                    queue.Enqueue((inner, entry.Message, json => entry.Wrap(text.Replace("%", json, StringComparison.Ordinal))));
                }
            }
        }

        throw new InvalidOperationException($"{record.Name} is in no message.");
    }

    private static (Type Inner, string Template) Unpack(Type type, string template)
    {
        if (!type.IsGenericType || Nullable.GetUnderlyingType(type) is not null)
        {
            return (type, template);
        }

        var element = type.GetGenericArguments()[^1];
        var (inner, nested) = Unpack(element, template);
        return (inner, type.GetGenericTypeDefinition() == typeof(WireMap<,>) ? $"{{\"1\":{nested}}}" : $"[{nested}]");
    }
}
