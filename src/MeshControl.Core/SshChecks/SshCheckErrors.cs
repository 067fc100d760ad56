namespace MeshControl.Core.SshChecks;

/// <summary>Refusals about checks.</summary>
internal static class SshCheckErrors
{
    public static CoreError Unknown => CoreError.NotFound(
        "There is no SSH check with this auth id that waits: it was approved or rejected, or it has expired; `meshctl auth list` shows those that wait.");

    public static CoreError Obsolete => CoreError.Refused(
        "The policy does not ask for this SSH check any more, or one of its nodes has changed; who waits is told to connect again.");

    public static CoreError NotTheirs => CoreError.Refused("An SSH check can be approved by the user whose device asks, or by an administrator.");

    public static CoreError NotSaved => CoreError.Unavailable("The database did not take it, so nothing is approved; try again.");
}
