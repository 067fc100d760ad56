using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Cli.Connection;

/// <summary>
/// How people write where a server is: a host with or without a port, which means TLS, or a URL that begins with <c>https://</c> or
/// <c>http://</c>.
/// </summary>
internal static class ServerAddress
{
    /// <summary>The port of a host without one: what servers of this kind use.</summary>
    public const int DefaultPort = 50443;

    /// <returns>False when the text is something else, or says more than where.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? address)
    {
        var hasScheme = text.Contains(Uri.SchemeDelimiter, StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : Uri.UriSchemeHttps + Uri.SchemeDelimiter + text, UriKind.Absolute, out address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.Host.Length == 0
            || address.UserInfo.Length > 0
            || address.PathAndQuery != "/"
            || address.Fragment.Length > 0)
        {
            address = null;
            return false;
        }

        // A port that is written is one that is meant, also when it is that of the scheme.
        if (!hasScheme && !text.TrimEnd('/').EndsWith($":{address.Port}", StringComparison.Ordinal))
        {
            address = new UriBuilder(address) { Port = DefaultPort }.Uri;
        }

        return true;
    }
}
