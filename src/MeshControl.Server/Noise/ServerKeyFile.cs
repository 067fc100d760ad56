using MeshControl.Protocol.Crypto;

namespace MeshControl.Server.Noise;

/// <summary>
/// The server's own key. Clients keep talking to the key they once learned, so it has to survive restarts and moves: it lies
/// in a file of its own, readable by the server alone, made at the first start.
/// </summary>
internal static class ServerKeyFile
{
    /// <exception cref="StartupException">The file cannot be read or made, or holds something else.</exception>
    public static X25519PrivateKey LoadOrCreate(string path)
    {
        try
        {
            return File.Exists(path) ? Load(path) : Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(Unusable(path, exception), exception);
        }
    }

    /// <summary>Reads the file if there is one, and changes nothing.</summary>
    /// <returns>Null, or why the server would not start with it.</returns>
    public static string? Check(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                Load(path);
            }

            return null;
        }
        catch (StartupException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unusable(path, exception);
        }
    }

    private static string Unusable(string path, Exception exception) =>
        $"The server's private key {path} cannot be read or made: {exception.Message}";

    private static X25519PrivateKey Load(string path) =>
        X25519PrivateKey.TryParse(File.ReadAllText(path).Trim(), out var key)
            ? key
            : throw new StartupException(
                $"{path} does not hold a private key (privkey: and 64 hex digits); restore it from a backup, "
                + "or remove it to get a new one, which makes every client connect anew.");

    private static X25519PrivateKey Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var key = X25519PrivateKey.Generate();

        // First whole under another name: a crash must not leave half a key.
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        using (var writer = new StreamWriter(file))
        {
            writer.WriteLine(key.ExportSecretText());
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
        return key;
    }
}
