using System.CommandLine;
using System.Text;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;

namespace MeshControl.Cli.Policies;

/// <summary>The option that names a policy's text: a file, or <c>-</c> for the input.</summary>
internal static class PolicyInput
{
    /// <summary>Bytes; the server takes no more (docs/operations/policy.md).</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string StandardInput = "-";

    public static Option<string?> Create(bool required) => new("--file", "-f")
    {
        Description = "File that holds the policy (HuJSON); - reads it from the input.",
        HelpName = "FILE",
        Required = required,
    };

    /// <summary>What messages call it.</summary>
    public static string NameOf(string file) => file == StandardInput ? "input" : file;

    /// <param name="context">The command.</param>
    /// <param name="file">As given.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>The text, or why there is none.</returns>
    public static async Task<(string? Text, CliError? Error)> ReadAsync(CommandContext context, string file, CancellationToken cancellationToken)
    {
        if (file.Length == 0)
        {
            return (null, CliError.Usage("--file names no file."));
        }

        try
        {
            return file == StandardInput
                ? await ReadAsync(context.Host.In, cancellationToken)
                : await ReadFileAsync(Path.Combine(context.Host.WorkingDirectory, file), cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return (null, new(ExitCodes.NotFound, $"There is no file {file}."));
        }
        catch (DirectoryNotFoundException)
        {
            return (null, new(ExitCodes.NotFound, $"There is no file {file}."));
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(Path.Combine(context.Host.WorkingDirectory, file)))
        {
            return (null, CliError.Usage($"{file} is a directory; name a file in it."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, new(ExitCodes.Failure, $"{NameOf(file)} cannot be read: {exception.Message}"));
        }
        catch (DecoderFallbackException)
        {
            return (null, CliError.Usage($"{NameOf(file)} is not UTF-8."));
        }
    }

    private static async Task<(string? Text, CliError? Error)> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 4096, useAsync: true);

        // Nothing is guessed or left out: what is wrong with the text, a byte order mark for instance, is for the parser to say.
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        using var reader = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: false);
        return await ReadAsync(reader, cancellationToken);
    }

    private static async Task<(string? Text, CliError? Error)> ReadAsync(TextReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            text.Append(buffer, 0, count);
            if (text.Length > MaxBytes)
            {
                break;
            }
        }

        var read = text.ToString();
        return Encoding.UTF8.GetByteCount(read) > MaxBytes
            ? (null, CliError.Usage($"The policy is longer than {MaxBytes / 1024} KiB, which is the most that a server takes."))
            : (read, null);
    }
}
