namespace MeshControl.Server.Machine;

/// <summary>
/// URLs that clients ask for inside their channel. They go through it for https alone, whatever the server's own scheme; and only host and
/// port of the URL that they know lead to the connection that they have.
/// </summary>
internal static class ChannelUrl
{
    /// <summary>Scheme, host and port, without a slash at the end.</summary>
    /// <param name="serverUrl">How clients reach the server.</param>
    public static string OriginOf(Uri serverUrl) =>
        $"{Uri.UriSchemeHttps}://{(serverUrl.IsDefaultPort ? serverUrl.Host : serverUrl.Authority)}";
}
