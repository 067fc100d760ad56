using System.Text;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Grpc;
using MeshControl.Core;
using MeshControl.Policy.Text;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>What is wrong with a policy, as messages: cut to what answers have room for.</summary>
internal static class PolicyProblems
{
    /// <summary>Characters of a line that are shown.</summary>
    public const int MaxLineLength = 120;

    /// <summary>Details of an answer, and characters of each.</summary>
    public const int MaxDetails = 100;

    /// <inheritdoc cref="MaxDetails"/>
    public const int MaxDetailLength = 300;

    /// <summary>
    /// Bytes of details in a status. It travels among trailers, for all of which together many clients have 8 KiB, in Base64 and beside the
    /// sentence itself.
    /// </summary>
    public const int MaxStatusBytes = 2048;

    public static Messages.PolicyProblem ToMessage(PolicyError error) => ToMessage(error, int.MaxValue);

    /// <summary>The status of a refusal; its details say where, if it is about a text.</summary>
    public static RpcStatus ToPolicyStatus(this CoreError error)
    {
        var status = error.ToStatus();
        return error.Policy is { } problem
            ? status with { Details = [.. status.Details, Any.Pack(ToMessage(problem, MaxStatusBytes))] }
            : status;
    }

    private static Messages.PolicyProblem ToMessage(PolicyError error, int room)
    {
        var problem = new Messages.PolicyProblem { Message = error.Message };
        if (error.Position is { } position)
        {
            problem.Line = position.Line;
            problem.Column = position.Column;
            if (error.SourceLine is { } line)
            {
                var excerpt = SourceExcerpt.Of(line, position.Column, MaxLineLength);
                problem.SourceLine = excerpt.Text;
                problem.SourceColumn = excerpt.Column;
            }
        }

        foreach (var detail in (error.Details ?? []).Take(MaxDetails))
        {
            var text = detail.Length <= MaxDetailLength ? detail : SourceExcerpt.Of(detail, 1, MaxDetailLength).Text;
            room -= Encoding.UTF8.GetByteCount(text);
            if (room < 0)
            {
                break;
            }

            problem.Details.Add(text);
        }

        problem.MoreDetails = (error.Details?.Count ?? 0) - problem.Details.Count;
        return problem;
    }
}
