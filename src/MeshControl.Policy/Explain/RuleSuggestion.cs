using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeshControl.Policy.Language;

namespace MeshControl.Policy.Explain;

/// <summary>A rule that would allow what somebody asks about, in the style of the policy, to be pasted into it.</summary>
internal static class RuleSuggestion
{
    private const string Acls = "acls";
    private const string Grants = "grants";

    /// <summary>Where the policy has its rules.</summary>
    public static string SectionOf(PolicyFile policy) => policy.Grants is { Length: > 0 } && policy.Acls is not { Length: > 0 } ? Grants : Acls;

    public static string For(PolicyFile policy, AccessQuestion question)
    {
        var port = question.Port == 0 ? "*" : question.Port.ToString(CultureInfo.InvariantCulture);
        var protocol = question.Protocol is { } number ? IpProtocols.NameOf(number) : null;
        var ports = protocol is not null && !IpProtocols.HasPorts(question.Protocol!.Value) ? "*" : port;
        var (source, destination) = (question.Source.Alias, question.Destination.Alias);
        if (SectionOf(policy) == Grants)
        {
            return Write([
                ("src", List(source)), ("dst", List(destination)), ("ip", List(protocol is null ? ports : $"{protocol}:{ports}")),
            ]);
        }

        return Write([
            ("action", "\"accept\""),
            .. protocol is null ? Array.Empty<(string, string)>() : [("proto", Quote(protocol))],
            ("src", List(source)),
            ("dst", List($"{(IsIPv6(destination) ? $"[{destination}]" : destination)}:{ports}")),
        ]);
    }

    private static string Write(IEnumerable<(string Name, string Value)> members) =>
        $"{{{string.Join(", ", members.Select(member => $"{Quote(member.Name)}: {member.Value}"))}}}";

    private static string List(string word) => $"[{Quote(word)}]";

    private static string Quote(string word) => $"\"{JsonEncodedText.Encode(word, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static bool IsIPv6(string word) => IPAddress.TryParse(word, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
}
