using System.Text;

namespace MeshControl.Server.Pages;

/// <summary>The system policy by which Tailscale for Windows asks another server, as a file for the registry.</summary>
internal static class WindowsPolicy
{
    public const string FileName = "tailscale.reg";

    public const string Key = @"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Tailscale";

    public const string Name = "LoginURL";

    /// <param name="url">Of the server. A URL's authority holds nothing that would have to be escaped.</param>
    /// <returns>UTF-16 with a mark, as the registry editor writes it.</returns>
    public static byte[] Make(string url)
    {
        var text = $"Windows Registry Editor Version 5.00\r\n\r\n[{Key}]\r\n\"{Name}\"=\"{url}\"\r\n";
        return [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)];
    }
}
