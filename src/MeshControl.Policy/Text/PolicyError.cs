namespace MeshControl.Policy.Text;

/// <summary>The first thing that is wrong with a policy.</summary>
/// <param name="Message">One sentence; where the real service has one for the case, its very words.</param>
/// <param name="Position">Where it stands in the text; null when it is about the whole, such as a failed test.</param>
/// <param name="SourceLine">That line of the text, as written; null without a position. It may be very long, see <see cref="SourceExcerpt"/>.</param>
/// <param name="Details">What the service does not say and people want to know: the assertions that failed, one each. Mostly empty.</param>
public sealed record PolicyError(
    string Message, TextPosition? Position = null, string? SourceLine = null, IReadOnlyList<string>? Details = null);
