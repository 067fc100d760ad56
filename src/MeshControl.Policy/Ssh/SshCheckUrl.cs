namespace MeshControl.Policy.Ssh;

/// <summary>Where a client asks whether to let somebody in. It puts in who connects to whom as whom, also in the URLs that it is sent to next.</summary>
public static class SshCheckUrl
{
    /// <summary>Before the ids of source and destination, which <see cref="Between"/> stands between.</summary>
    public const string Prefix = "/machine/ssh/action/";

    public const string Between = "/to/";

    /// <summary>The parameter that says as whom.</summary>
    public const string User = "local_user";

    /// <summary>The parameter that names a check, where there is one.</summary>
    public const string AuthId = "auth_id";

    /// <summary>The path that rules name.</summary>
    public const string Template = $"{Prefix}$SRC_NODE_ID{Between}$DST_NODE_ID?{User}=$LOCAL_USER";
}
