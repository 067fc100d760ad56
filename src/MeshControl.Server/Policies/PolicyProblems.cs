using MeshControl.Core;

namespace MeshControl.Server.Policies;

/// <summary>What is wrong with a policy, in one line for a log or an error at the start.</summary>
internal static class PolicyProblems
{
    /// <summary>Of a line of a policy: enough to recognise it.</summary>
    private const int QuotedLength = 120;

    /// <summary>For instance <c>line 3, column 5: unknown user (the line: "src": ["bob"])</c>; without a full stop.</summary>
    public static string Describe(CoreError error)
    {
        var text = error.Message.TrimEnd('.');
        if (error.Policy is { Details: { Count: > 0 } details })
        {
            text += $" ({string.Join("; ", details)})";
        }

        return error.Policy?.SourceLine?.Trim() is { Length: > 0 } line ? $"{text} (the line: {Shorten(line)})" : text;
    }

    private static string Shorten(string line) => line.Length <= QuotedLength ? line : string.Concat(line.AsSpan(0, QuotedLength), "…");
}
