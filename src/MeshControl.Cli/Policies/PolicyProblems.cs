using System.Text;
using System.Text.Json.Nodes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Output;
using MeshControl.Policy.Text;

namespace MeshControl.Cli.Policies;

/// <summary>What is wrong with a policy: where, the line itself with a mark below the place, and the sentence.</summary>
internal static class PolicyProblems
{
    /// <summary>Of a line that may be very long; more would not fit beside each other on a screen.</summary>
    private const int ShownLine = 120;

    /// <summary>What a refusal of the server says about the text, or null.</summary>
    public static PolicyProblem? Find(RpcException exception)
    {
        var detail = exception.Status.Details.FirstOrDefault(any => any.Is(PolicyProblem.Descriptor));
        return detail?.Unpack<PolicyProblem>();
    }

    /// <summary>An error of the parser in this program, in the form that the server has for it.</summary>
    public static PolicyProblem Of(PolicyError error)
    {
        var problem = new PolicyProblem { Message = error.Message };
        if (error.Position is { } position)
        {
            var excerpt = SourceExcerpt.Of(error.SourceLine ?? "", position.Column, ShownLine);
            problem.Line = position.Line;
            problem.Column = position.Column;
            problem.SourceLine = excerpt.Text;
            problem.SourceColumn = excerpt.Column;
        }

        problem.Details.AddRange(error.Details ?? []);
        return problem;
    }

    /// <param name="context">Where to.</param>
    /// <param name="source">What the text is from.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns>The exit status.</returns>
    public static int Report(CommandContext context, string source, PolicyProblem problem) =>
        context.Output.Failed(ExitCodes.Usage, ToJson(source, problem), ToText(source, problem));

    private static string ToText(string source, PolicyProblem problem)
    {
        var text = new StringBuilder("Error: ").Append(TerminalText.Clean(source));
        if (problem.Line == 0)
        {
            text.Append(": ").Append(TerminalText.Clean(problem.Message));
        }
        else
        {
            var before = Flat(problem.SourceLine[..SourceExcerpt.IndexOf(problem.SourceLine, problem.SourceColumn)]);
            text.Append(", line ").Append(problem.Line).Append(", column ").Append(problem.Column).Append(":\n    ")
                .Append(Flat(problem.SourceLine)).Append("\n    ")
                .Append(' ', TerminalText.Width(before)).Append("^\n")
                .Append(TerminalText.Clean(problem.Message));
        }

        foreach (var detail in problem.Details)
        {
            text.Append("\n  - ").Append(TerminalText.Clean(detail));
        }

        if (problem.MoreDetails > 0)
        {
            text.Append("\n  and ").Append(problem.MoreDetails).Append(" more");
        }

        return text.ToString();
    }

    private static JsonObject ToJson(string source, PolicyProblem problem) => new()
    {
        ["error"] = problem.Message,
        ["file"] = source,
        ["line"] = problem.Line == 0 ? null : problem.Line,
        ["column"] = problem.Line == 0 ? null : problem.Column,
        ["source_line"] = problem.SourceLine,
        ["details"] = new JsonArray([.. problem.Details.Select(detail => JsonValue.Create(detail))]),
        ["more_details"] = problem.MoreDetails,
    };

    /// <summary>Tabs would put the mark elsewhere on every terminal.</summary>
    private static string Flat(string text) => TerminalText.Clean(text.Replace("\t", "    ", StringComparison.Ordinal).TrimEnd('\r', '\n'));
}
