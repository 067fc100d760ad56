using System.CommandLine;
using System.CommandLine.Parsing;
using MeshControl.Policy.Language;

namespace MeshControl.Cli.Policies;

/// <summary>An IP protocol by name or number, as policies write it; null when not given.</summary>
internal static class ProtocolOption
{
    public static Option<int?> Create()
    {
        var option = new Option<int?>("--proto", "-p")
        {
            Description = "Protocol: tcp, udp, icmp, another one that policies know, or a number. [default: those that clients allow by default]",
            HelpName = "PROTOCOL",
            CustomParser = Parse,
        };
        option.CompletionSources.Clear();
        option.CompletionSources.Add("tcp", "udp", "icmp");
        return option;
    }

    private static int? Parse(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (IpProtocols.TryParse(text, out var number))
        {
            return number;
        }

        result.AddError($"\"{text}\" is not a protocol; use tcp, udp, icmp or a number from 1 to 255.");
        return null;
    }
}
