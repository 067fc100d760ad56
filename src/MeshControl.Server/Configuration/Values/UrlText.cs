namespace MeshControl.Server.Configuration.Values;

/// <summary>URLs that name a server and nothing on it.</summary>
internal static class UrlText
{
    public static Parsed<Uri> ParseServerUrl(string text)
    {
        const string remedy = "Write https:// and the name by which clients reach this server, for instance https://mesh.example.com.";
        if (!text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && !text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            return Parsed<Uri>.Bad($"\"{text}\" does not start with http:// or https://.", remedy);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0 || !HasName(url))
        {
            return Parsed<Uri>.Bad($"\"{text}\" is not a URL.", remedy);
        }

        if (url.UserInfo.Length > 0)
        {
            return Parsed<Uri>.Bad("The URL holds a user name or password.", remedy);
        }

        if (url.PathAndQuery != "/" || url.Fragment.Length > 0)
        {
            return Parsed<Uri>.Bad(
                $"\"{text}\" has something behind the host.",
                $"Clients need the server at the root: write {url.GetLeftPart(UriPartial.Authority)}.");
        }

        return url;
    }

    /// <summary>Whether the host has a form in ASCII, without which nobody can look it up; the framework notices when it is asked for it.</summary>
    private static bool HasName(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}
