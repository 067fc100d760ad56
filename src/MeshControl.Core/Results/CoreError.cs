using MeshControl.Policy.Text;

namespace MeshControl.Core;

/// <summary>Why something was not done. The message is one sentence for whoever asked.</summary>
public sealed record CoreError(CoreErrorKind Kind, string Message)
{
    /// <summary>Where it is about the text of a policy: what is wrong with it, where, and the line itself.</summary>
    public PolicyError? Policy { get; init; }

    /// <summary>A policy that was not accepted; the message names line and column, for those who show nothing else.</summary>
    public static CoreError Of(PolicyError error) => new(
        CoreErrorKind.Invalid,
        error.Position is { } position ? $"line {position.Line}, column {position.Column}: {error.Message}" : error.Message)
    {
        Policy = error,
    };

    public static CoreError NotFound(string message) => new(CoreErrorKind.NotFound, message);

    public static CoreError Invalid(string message) => new(CoreErrorKind.Invalid, message);

    public static CoreError AlreadyExists(string message) => new(CoreErrorKind.AlreadyExists, message);

    public static CoreError Refused(string message) => new(CoreErrorKind.Refused, message);

    public static CoreError Exhausted(string message) => new(CoreErrorKind.Exhausted, message);

    public static CoreError Unavailable(string message) => new(CoreErrorKind.Unavailable, message);
}
