using MeshControl.Admin;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MeshControl.Cli.Connection;

/// <summary>
/// Looks up one key of the server's configuration file and nothing else. Whether the rest is right is the server's
/// business: its administrator must be able to reach it while the file is half edited.
/// </summary>
internal static class ConfigFile
{
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    /// <param name="file">Absolute, exists.</param>
    /// <param name="host">Knows the home directory.</param>
    /// <param name="path">Absolute; null when the file does not set it.</param>
    public static CliError? ReadSocketPath(string file, CliHost host, out string? path)
    {
        path = null;
        try
        {
            using var reader = new StreamReader(file);
            if (FindTopLevelScalar(reader, AdminDefaults.UnixSocketKey) is { Length: > 0 } value)
            {
                path = value.StartsWith("~/", StringComparison.Ordinal) && host.Variable("HOME") is { Length: > 0 } home
                    ? Path.Combine(home, value[2..])
                    : Path.GetFullPath(value, Path.GetDirectoryName(file)!);
            }

            return null;
        }
        catch (YamlException exception)
        {
            return CliError.Usage($"{file} line {exception.Start.Line} is not valid YAML: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CliError(
                ExitCodes.NotAllowed,
                $"{file} cannot be read: {exception.Message} Name the socket with --socket or {AdminDefaults.UnixSocketVariable} instead.");
        }
    }

    private static string? FindTopLevelScalar(TextReader reader, string key)
    {
        var parser = new Parser(reader);
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out _))
        {
            return null;
        }

        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var isWanted = parser.TryConsume<Scalar>(out var name) && name.Value == key;
            if (name is null)
            {
                parser.SkipThisAndNestedEvents();
            }

            if (isWanted && parser.TryConsume<Scalar>(out var value))
            {
                // As the server has it: a key without a value, or with null, counts as not written.
                return value.Style == ScalarStyle.Plain && Nulls.Contains(value.Value) ? null : value.Value;
            }

            parser.SkipThisAndNestedEvents();
        }

        return null;
    }
}
