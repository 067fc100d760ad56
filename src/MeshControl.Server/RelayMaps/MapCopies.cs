using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MeshControl.Server.RelayMaps;

/// <summary>
/// Copies of the maps of others, in a directory of their own: a server that starts while these cannot be reached has the relays it had.
/// One file per URL, replaced as a whole.
/// </summary>
/// <param name="directory">Made when it is needed. Files in it that belong to no URL are removed.</param>
internal sealed class MapCopies(string directory)
{
    private const string Extension = ".json";

    public string Directory { get; } = directory;

    /// <returns>Null when there is none that can be read: then the URL has to be asked.</returns>
    public MapCopy? Load(Uri url)
    {
        try
        {
            var path = PathOf(url);
            if (!File.Exists(path))
            {
                return null;
            }

            var copy = JsonSerializer.Deserialize(File.ReadAllBytes(path), MapCopyJson.Default.MapCopy);
            return copy?.Url == url.AbsoluteUri ? copy : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <returns>Null, or why it could not be kept.</returns>
    public string? Save(MapCopy copy)
    {
        try
        {
            System.IO.Directory.CreateDirectory(Directory);

            // First whole under another name: a crash must not leave half a map.
            var path = PathOf(new Uri(copy.Url));
            var temporary = path + ".new";
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(copy, MapCopyJson.Default.MapCopy));
            File.Move(temporary, path, overwrite: true);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Removes the copies of all other URLs. What cannot be removed stays, and does no harm.</summary>
    public void KeepOnly(IEnumerable<Uri> urls)
    {
        try
        {
            if (System.IO.Directory.Exists(Directory))
            {
                foreach (var path in System.IO.Directory.EnumerateFiles(Directory, "*" + Extension).Except(urls.Select(PathOf)))
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As said above.
        }
    }

    private string PathOf(Uri url) =>
        Path.Combine(Directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)).AsSpan(0, 16)) + Extension);
}
