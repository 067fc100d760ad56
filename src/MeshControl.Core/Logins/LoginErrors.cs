namespace MeshControl.Core.Logins;

/// <summary>Refusals about pending logins.</summary>
internal static class LoginErrors
{
    public static CoreError BadId => CoreError.Invalid(
        $"That is not a valid auth id: it looks like {AuthId.Scheme}…, and the URL that the client shows will do, too.");

    public static CoreError Unknown => CoreError.NotFound(
        "There is no pending login with this auth id: it was completed or rejected, or it has expired; `meshctl auth list` shows those that are open.");

    public static CoreError OwnerUnknown => CoreError.Refused(
        "Nobody knows yet whose device this is; say it: meshctl auth register --auth-id ID --user USER");
}
