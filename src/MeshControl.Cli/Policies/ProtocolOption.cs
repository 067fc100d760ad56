using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MeshControl.Cli.Policies;

/// <summary>An IP protocol by name or number; null when not given.</summary>
internal static class ProtocolOption
{
    private static readonly Dictionary<string, int> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tcp"] = 6,
        ["udp"] = 17,
        ["icmp"] = 1,
        ["ipv6-icmp"] = 58,
        ["sctp"] = 132,
    };

    public static Option<int?> Create()
    {
        var option = new Option<int?>("--proto", "-p")
        {
            Description = "Protocol: tcp, udp, icmp, ipv6-icmp, sctp or a number. [default: those that clients allow by default]",
            HelpName = "PROTOCOL",
            CustomParser = Parse,
        };
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. ByName.Keys]);
        return option;
    }

    private static int? Parse(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (ByName.TryGetValue(text, out var number)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= 255))
        {
            return number;
        }

        result.AddError($"\"{text}\" is not a protocol; use {string.Join(", ", ByName.Keys)} or a number from 1 to 255.");
        return null;
    }
}
