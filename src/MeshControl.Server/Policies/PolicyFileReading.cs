using System.Text;
using MeshControl.Core.Policies;

namespace MeshControl.Server.Policies;

/// <summary>What there was to read in the place of a policy file at one moment; equal if it said the same.</summary>
/// <param name="Text">Null when it could not be read.</param>
/// <param name="Failure">Why, as a part of a sentence; null when there is a text.</param>
internal sealed record PolicyFileReading(string? Text, string? Failure)
{
    /// <summary>Half a policy may be a valid one for whoever does not notice what is missing, so nothing is replaced in silence.</summary>
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads all of the file, through links, up to the length that a policy may have.</summary>
    public static PolicyFileReading Of(string path)
    {
        try
        {
            using var file = File.OpenRead(path);

            // One byte more says that it is too long. A byte order mark stays: the reader of policies says what it thinks of it.
            var buffer = new byte[PolicyLimits.MaxTextBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > PolicyLimits.MaxTextBytes
                ? Failed($"it is larger than {PolicyLimits.MaxTextBytes / 1024} KiB")
                : new PolicyFileReading(Strict.GetString(buffer, 0, length), null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Failed("there is no such file");
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            // What the system says is that access was denied, which would send people to look at rights.
            return Failed("it is a directory");
        }
        catch (DecoderFallbackException exception)
        {
            return Failed($"it is not UTF-8 at byte {exception.Index}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Failed(exception.Message.TrimEnd('.'));
        }
    }

    private static PolicyFileReading Failed(string reason) => new(null, reason);
}
