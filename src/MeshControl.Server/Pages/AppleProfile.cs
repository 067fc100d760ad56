using System.Security.Cryptography;
using System.Text;

namespace MeshControl.Server.Pages;

/// <summary>Configuration profiles by which Tailscale's apps for Apple's systems ask another server.</summary>
internal static class AppleProfile
{
    public const string ContentType = "application/x-apple-aspen-config";

    public const string Ios = "ios";

    public const string MacAppStore = "macos-app-store";

    public const string MacStandalone = "macos-standalone";

    /// <returns>Null for a platform that there is no profile for.</returns>
    /// <param name="platform">One of the constants.</param>
    /// <param name="url">Of the server.</param>
    public static string? Make(string platform, string url)
    {
        // The apps' own domains of preferences.
        var domain = platform switch
        {
            Ios => "io.tailscale.ipn.ios",
            MacAppStore => "io.tailscale.ipn.macos",
            MacStandalone => "io.tailscale.ipn.macsys",
            _ => null,
        };
        return domain is null ? null : Make(domain, IdOf(domain, url), IdOf($"content of {domain}", url), HtmlPage.Encode(url));
    }

    private static string Make(string domain, Guid profile, Guid content, string url) =>
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
          <key>PayloadType</key><string>Configuration</string>
          <key>PayloadVersion</key><integer>1</integer>
          <key>PayloadIdentifier</key><string>meshcontrol.{domain}</string>
          <key>PayloadUUID</key><string>{profile}</string>
          <key>PayloadDisplayName</key><string>Tailscale with {url}</string>
          <key>PayloadDescription</key><string>Lets Tailscale log in at {url}</string>
          <key>PayloadRemovalDisallowed</key><false/>
          <key>PayloadContent</key>
          <array>
            <dict>
              <key>PayloadType</key><string>{domain}</string>
              <key>PayloadVersion</key><integer>1</integer>
              <key>PayloadIdentifier</key><string>meshcontrol.{domain}.content</string>
              <key>PayloadUUID</key><string>{content}</string>
              <key>PayloadEnabled</key><true/>
              <key>ControlURL</key><string>{url}</string>
            </dict>
          </array>
        </dict>
        </plist>

        """;

    /// <summary>The same for the same server, so that a profile that is installed again replaces the first.</summary>
    private static Guid IdOf(string what, string url) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{what} {url}")).AsSpan(0, 16));
}
