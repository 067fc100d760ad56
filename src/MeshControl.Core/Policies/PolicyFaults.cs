using MeshControl.Policy.Text;

namespace MeshControl.Core.Policies;

/// <summary>What is wrong with a policy, in one line for a log or for an error at the start.</summary>
public static class PolicyFaults
{
    /// <summary>Of a line of a policy: enough to recognise it.</summary>
    private const int QuotedLength = 120;

    /// <summary>Failed tests, for instance, of which a policy may have a thousand.</summary>
    private const int DetailsShown = 10;

    /// <summary>For instance <c>line 3, column 5: … (the line: "src": ["bob"])</c>; without a full stop.</summary>
    public static string Describe(CoreError error)
    {
        var text = error.Message.TrimEnd('.');
        if (error.Policy?.Details is { Count: > 0 } details)
        {
            text += $" ({string.Join("; ", details.Take(DetailsShown))}{(details.Count > DetailsShown ? "; …" : "")})";
        }

        return error.Policy is { SourceLine: { } line, Position: { } position }
            && SourceExcerpt.Of(line, position.Column, QuotedLength).Text.Trim() is { Length: > 0 } excerpt
            ? $"{text} (the line: {excerpt})"
            : text;
    }

    /// <summary>As for an error of Core.</summary>
    public static string Describe(PolicyError error) => Describe(CoreError.Of(error));
}
