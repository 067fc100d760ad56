namespace MeshControl.Core;

/// <summary>Why something was not done. The message is one sentence for whoever asked.</summary>
public sealed record CoreError(CoreErrorKind Kind, string Message)
{
    public static CoreError NotFound(string message) => new(CoreErrorKind.NotFound, message);

    public static CoreError Invalid(string message) => new(CoreErrorKind.Invalid, message);

    public static CoreError AlreadyExists(string message) => new(CoreErrorKind.AlreadyExists, message);

    public static CoreError Refused(string message) => new(CoreErrorKind.Refused, message);

    public static CoreError Exhausted(string message) => new(CoreErrorKind.Exhausted, message);

    public static CoreError Unavailable(string message) => new(CoreErrorKind.Unavailable, message);
}
