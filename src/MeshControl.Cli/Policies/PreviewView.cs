using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Policies;

/// <summary>What a policy would change, as it is shown: a line for each gain and each loss.</summary>
internal static class PreviewView
{
    public static string ToText(PreviewPolicyResponse preview, bool colour)
    {
        var text = new StringBuilder();
        foreach (var change in preview.Changes)
        {
            text.Append(TerminalText.Paint(TerminalText.Clean(Line(change)), change.Gained ? Tint.Good : Tint.Bad, colour)).Append('\n');
        }

        if (preview.MoreChanges > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {preview.MoreChanges} more\n");
        }

        if (preview.Changes.Count == 0)
        {
            text.Append("Nobody would gain or lose anything.\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{preview.UpdatedNodes} of {preview.TotalNodes} nodes would be told of something.").ToString();
    }

    public static JsonObject ToJson(PreviewPolicyResponse preview) => new()
    {
        ["changes"] = new JsonArray([.. preview.Changes.Select(change => new JsonObject
        {
            ["kind"] = KindOf(change),
            ["gained"] = change.Gained,
            ["sources"] = change.Sources,
            ["source_nodes"] = change.SourceNodes,
            ["destinations"] = change.Destinations,
            ["destination_nodes"] = change.DestinationNodes,
            ["what"] = change.What,
        })]),
        ["more_changes"] = preview.MoreChanges,
        ["updated_nodes"] = preview.UpdatedNodes,
        ["total_nodes"] = preview.TotalNodes,
    };

    private static string Line(PolicyChange change)
    {
        var whom = change.Destinations.Length == 0 ? "" : $" → {change.Destinations}";
        return $"{(change.Gained ? '+' : '-')} {KindOf(change),-9} {change.Sources}{whom}: {change.What}";
    }

    private static string KindOf(PolicyChange change) => change.Kind switch
    {
        PolicyChangeKind.Access => "access",
        PolicyChangeKind.Ssh => "ssh",
        PolicyChangeKind.Attribute => "attribute",
        PolicyChangeKind.Route => "route",
        _ => "other",
    };
}
