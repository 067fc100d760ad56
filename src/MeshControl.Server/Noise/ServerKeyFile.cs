using MeshControl.Protocol.Crypto;

namespace MeshControl.Server.Noise;

/// <summary>
/// A key of the server: the one of channels, or that of its relay. Clients keep talking to the key they once learned, so it has to survive
/// restarts and moves: it lies in a file of its own, readable by the server alone, made at the first start.
/// </summary>
internal static class ServerKeyFile
{
    /// <param name="path">Of the file.</param>
    /// <param name="owner">Whose key it is, for messages.</param>
    /// <exception cref="StartupException">The file cannot be read or made, or holds something else.</exception>
    public static X25519PrivateKey LoadOrCreate(string path, string owner = "server")
    {
        try
        {
            return File.Exists(path) ? Load(path, owner) : Create(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(Unusable(path, owner, exception), exception);
        }
    }

    /// <summary>Reads the file if there is one, and changes nothing.</summary>
    /// <returns>Null, or why the server would not start with it.</returns>
    public static string? Check(string path, string owner = "server")
    {
        try
        {
            if (File.Exists(path))
            {
                Load(path, owner);
            }

            return null;
        }
        catch (StartupException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Unusable(path, owner, exception);
        }
    }

    private static string Unusable(string path, string owner, Exception exception) =>
        $"The {owner}'s private key {path} cannot be read or made: {exception.Message}";

    private static X25519PrivateKey Load(string path, string owner) =>
        X25519PrivateKey.TryParse(File.ReadAllText(path).Trim(), out var key)
            ? key
            : throw new StartupException(
                $"{path} does not hold the {owner}'s private key (privkey: and 64 hex digits); restore it from a backup, "
                + "or remove it to get a new one, which makes every client connect anew.");

    private static X25519PrivateKey Create(string path)
    {
        var key = X25519PrivateKey.Generate();
        OwnFile.Write(path, key.ExportSecretText() + "\n");
        return key;
    }
}
