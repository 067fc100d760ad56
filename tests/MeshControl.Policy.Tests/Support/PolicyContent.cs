using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using MeshControl.Policy.Language;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Support;

/// <summary>
/// All that a policy says, as text: two policies say the same exactly if these texts are equal. Places and the text that was read are left
/// out. Records that hold immutable arrays do not compare by content themselves.
/// </summary>
internal static class PolicyContent
{
    private static readonly string[] LeftOut = [nameof(PolicyFile.Text), nameof(AclRule.Position)];

    public static string Of(PolicyFile file)
    {
        var text = new StringBuilder();
        Describe(text, file, 0);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null or string or bool or int or double or ushort or TimeSpan or Enum or IpPrefix or RawJson or System.Net.IPAddress:
                text.Append(CultureInfo.InvariantCulture, $"{value?.GetType().Name}:{value}\n");
                break;
            case IDictionary table:
                Line(text, depth, "table");
                foreach (var key in table.Keys.Cast<object>().OrderBy(key => key.ToString(), StringComparer.Ordinal))
                {
                    Indent(text, depth).Append(CultureInfo.InvariantCulture, $"{key}=");
                    Describe(text, table[key], depth + 1);
                }

                break;
            case WireMap<int, DerpRegion?> regions:
                Describe(text, regions.ToDictionary(entry => entry.Key, entry => entry.Value), depth);
                break;
            case IEnumerable list:
                Line(text, depth, "list");
                foreach (var item in list)
                {
                    Indent(text, depth).Append("- ");
                    Describe(text, item, depth + 1);
                }

                break;
            default:
                Line(text, depth, value.GetType().Name);
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    if (!LeftOut.Contains(property.Name))
                    {
                        Indent(text, depth).Append(CultureInfo.InvariantCulture, $"{property.Name}=");
                        Describe(text, property.GetValue(value), depth + 1);
                    }
                }

                break;
        }
    }

    private static void Line(StringBuilder text, int depth, string what) => text.Append(CultureInfo.InvariantCulture, $"{what}@{depth}\n");

    private static StringBuilder Indent(StringBuilder text, int depth) => text.Append(' ', depth * 2);
}
