using MeshControl.Admin;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MeshControl.Cli.Connection;

/// <summary>
/// Looks up where the server is in its configuration file, and nothing else. Whether the rest is right is the server's business: its
/// administrator must be able to reach it while the file is half edited.
/// </summary>
internal static class ConfigFile
{
    private const string Section = "cli";

    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];

    /// <summary>Reads the named file, which must be there, or else of the default ones the first that exists.</summary>
    /// <param name="host">Its environment and directories.</param>
    /// <param name="named">Value of <c>--config</c>, or null.</param>
    /// <param name="values">Nothing where there is no file.</param>
    public static CliError? Find(CliHost host, string? named, out ConfigValues values)
    {
        values = ConfigValues.None;
        if ((named ?? NonEmpty(host.Variable(AdminDefaults.ConfigVariable))) is { } path)
        {
            var file = Path.GetFullPath(path, host.WorkingDirectory);
            return File.Exists(file) ? Read(file, host, out values) : CliError.Usage($"The configuration file {file} does not exist.");
        }

        string[] places = [AdminDefaults.ConfigPath(host.Privileged, host.Variable), AdminDefaults.ConfigPath(true, host.Variable)];
        return places.FirstOrDefault(host.Exists) is { } found ? Read(found, host, out values) : null;
    }

    private static CliError? Read(string file, CliHost host, out ConfigValues values)
    {
        values = ConfigValues.None;
        try
        {
            using var reader = new StreamReader(file);
            var parser = new Parser(reader);
            parser.Consume<StreamStart>();
            if (parser.TryConsume<DocumentStart>(out _))
            {
                var found = new Dictionary<string, string>(StringComparer.Ordinal);
                Collect(parser, "", found);
                values = From(found, file, host);
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

    private static ConfigValues From(Dictionary<string, string> found, string file, CliHost host)
    {
        return new ConfigValues
        {
            UnixSocket = PathOf(AdminDefaults.UnixSocketKey),
            Address = found.GetValueOrDefault($"{Section}.address"),
            ApiKey = found.GetValueOrDefault($"{Section}.api_key"),
            ApiKeyPath = PathOf($"{Section}.api_key_path"),
            Timeout = found.GetValueOrDefault($"{Section}.timeout"),
            Insecure = found.GetValueOrDefault($"{Section}.insecure"),
            CaFile = PathOf($"{Section}.ca_file"),
        };

        string? PathOf(string key) => found.GetValueOrDefault(key) is not { } value ? null
            : value.StartsWith("~/", StringComparison.Ordinal) && host.Variable("HOME") is { Length: > 0 } home ? Path.Combine(home, value[2..])
            : Path.GetFullPath(value, Path.GetDirectoryName(file)!);
    }

    /// <summary>The scalars of a mapping and of the one section that matters, by their paths; all else is skipped.</summary>
    private static void Collect(Parser parser, string prefix, Dictionary<string, string> found)
    {
        if (!parser.TryConsume<MappingStart>(out _))
        {
            parser.SkipThisAndNestedEvents();
            return;
        }

        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var name))
            {
                parser.SkipThisAndNestedEvents();
                parser.SkipThisAndNestedEvents();
            }
            else if (parser.TryConsume<Scalar>(out var value))
            {
                // As the server has it: a key without a value, or with null, counts as not written.
                if (value.Value.Length > 0 && !(value.Style == ScalarStyle.Plain && Nulls.Contains(value.Value)))
                {
                    found.TryAdd(prefix + name.Value, value.Value);
                }
            }
            else if (prefix.Length == 0 && name.Value == Section)
            {
                Collect(parser, $"{Section}.", found);
            }
            else
            {
                parser.SkipThisAndNestedEvents();
            }
        }
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
