namespace MeshControl.Server.Configuration;

/// <summary>Reads text files from the real file system.</summary>
public static class SystemFiles
{
    /// <summary>4 MiB: a hundred times the largest public relay map; more is a wrong path, such as a database or a device.</summary>
    public const int MaxFileBytes = 4 * 1024 * 1024;

    public static ConfigurationFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            // Not the length: devices and pipes have none, and a file may grow meanwhile.
            var buffer = new byte[MaxFileBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaxFileBytes)
            {
                return ConfigurationFile.Unreadable($"The file is larger than {MaxFileBytes / (1024 * 1024)} MiB.");
            }

            using var reader = new StreamReader(new MemoryStream(buffer, 0, length));
            return ConfigurationFile.Of(reader.ReadToEnd());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ConfigurationFile.Missing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return ConfigurationFile.Unreadable(e.Message);
        }
    }
}
