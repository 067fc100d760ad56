using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;
using MeshControl.Policy.Language;

namespace MeshControl.Cli.Policies;

/// <summary>Why one can or cannot reach the other, as it is shown.</summary>
internal static class ExplanationView
{
    public static string ToText(ExplainAccessRequest request, ExplainAccessResponse answer, bool colour)
    {
        var text = new StringBuilder(TerminalText.Clean($"{answer.Source} → {answer.Destination}, {Question(request)}: "));
        text.Append(Words(answer.Verdict, colour));
        foreach (var finding in answer.Findings)
        {
            Append(text, finding, isOnly: answer.Findings.Count == 1 && answer.MoreFindings == 0, colour);
        }

        if (answer.MoreFindings > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\nand {answer.MoreFindings} more combinations");
        }

        if (answer.SuggestedRule.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\nThis rule in {TerminalText.Clean(answer.SuggestedSection)} would allow it:\n  ")
                .Append(TerminalText.Clean(answer.SuggestedRule));
        }

        return text.ToString();
    }

    public static JsonObject ToJson(ExplainAccessRequest request, ExplainAccessResponse answer) => new()
    {
        ["source"] = answer.Source,
        ["destination"] = answer.Destination,
        ["port"] = request.Port == 0 ? null : request.Port,
        ["protocol"] = request.HasProtocol ? request.Protocol : null,
        ["verdict"] = NameOf(answer.Verdict),
        ["findings"] = new JsonArray([.. answer.Findings.Select(ToJson)]),
        ["more_findings"] = answer.MoreFindings,
        ["suggested_rule"] = answer.SuggestedRule,
        ["suggested_section"] = answer.SuggestedSection,
        ["policy_version"] = answer.Version == 0 ? null : answer.Version,
    };

    private static void Append(StringBuilder text, AccessFinding finding, bool isOnly, bool colour)
    {
        if (!isOnly)
        {
            text.Append("\n\n").Append(TerminalText.Clean($"{finding.Sources} → {finding.Destinations}: "))
                .Append(Words(finding.Verdict, colour));
        }

        foreach (var rule in finding.Rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {rule.Section}, line {rule.Line}: ").Append(TerminalText.Clean(rule.Text));
            if (rule.Allows.Length > 0)
            {
                text.Append("\n    allows ").Append(TerminalText.Clean(rule.Allows));
            }
        }

        foreach (var note in finding.Notes)
        {
            text.Append("\n  ").Append(TerminalText.Clean(note));
        }
    }

    private static JsonObject ToJson(AccessFinding finding) => new()
    {
        ["sources"] = finding.Sources,
        ["destinations"] = finding.Destinations,
        ["verdict"] = NameOf(finding.Verdict),
        ["rules"] = new JsonArray([.. finding.Rules.Select(rule => new JsonObject
        {
            ["section"] = rule.Section,
            ["line"] = rule.Line,
            ["text"] = rule.Text,
            ["allows"] = rule.Allows,
        })]),
        ["notes"] = new JsonArray([.. finding.Notes.Select(note => JsonValue.Create(note))]),
    };

    private static string Words(AccessVerdict verdict, bool colour) => verdict switch
    {
        AccessVerdict.Allowed => TerminalText.Paint("allowed", Tint.Good, colour),
        AccessVerdict.Partly => TerminalText.Paint("allowed in part", Tint.Bad, colour),
        _ => TerminalText.Paint("not allowed", Tint.Bad, colour),
    };

    private static string NameOf(AccessVerdict verdict) => verdict switch
    {
        AccessVerdict.Allowed => "allowed",
        AccessVerdict.Partly => "partly",
        _ => "denied",
    };

    private static string Question(ExplainAccessRequest request)
    {
        var protocol = request.HasProtocol ? IpProtocols.NameOf(request.Protocol) : "";
        var port = request.Port == 0 ? "" : $"port {request.Port.ToString(CultureInfo.InvariantCulture)}";
        return protocol.Length + port.Length == 0 ? "anything" : $"{protocol} {port}".Trim();
    }
}
