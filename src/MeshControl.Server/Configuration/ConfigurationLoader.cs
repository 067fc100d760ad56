using MeshControl.Admin;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Derp;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Validation;

namespace MeshControl.Server.Configuration;

/// <summary>Turns a file and the environment into options. Has no side effects, so it also serves to check a configuration.</summary>
public static class ConfigurationLoader
{
    /// <summary>
    /// Loads the file named on the command line, else by MESHCONTROL_CONFIG, else that in the default place; a missing default file is no
    /// error and means all defaults. Variables of the environment win over the file. Mistakes of the operator are never exceptions.
    /// </summary>
    public static ConfigurationResult Load(ConfigurationSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var paths = DefaultPaths.For(source);
        var (file, text, failure) = FindFile(source, paths);
        if (failure is not null)
        {
            return new ConfigurationResult { File = file, Errors = [failure] };
        }

        var context = new LoadContext(source, file);
        if (file is not null)
        {
            ReadKeys(file, text!, context);
        }

        EnvironmentOverrides.Apply(context);

        var options = ServerOptions.CreateDefault(paths);
        foreach (var key in KeyTable.All)
        {
            if (context.Find(key.Path) is { } node)
            {
                options = key.Apply(options, node, context);
            }
        }

        options = DerivedDefaults.Apply(options, context);
        options = options with { Derp = DerpMaps.Load(options.Derp, context) };
        Validators.Check(options, context);
        return new ConfigurationResult
        {
            Options = context.Errors.Count == 0 ? options : null,
            Readable = options,
            File = file,
            Errors = InReadingOrder(context.Errors, file),
            Warnings = InReadingOrder(context.Warnings, file),
            IgnoredKeys = [.. context.Ignored.OrderBy(key => key.Origin.Line ?? int.MaxValue)],
        };
    }

    private static (string? File, string? Text, ConfigurationProblem? Failure) FindFile(ConfigurationSource source, DefaultPaths paths)
    {
        var named = source.ExplicitPath;
        var origin = default(ConfigurationOrigin);
        if (named is null && source.Environment.GetValueOrDefault(AdminDefaults.ConfigVariable) is { Length: > 0 } variable)
        {
            named = variable;
            origin = ConfigurationOrigin.OfVariable(AdminDefaults.ConfigVariable);
        }

        var path = Path.GetFullPath(named ?? paths.ConfigFile, source.WorkingDirectory);
        var read = source.ReadFile(path);
        if (read.Text is not null)
        {
            return (path, read.Text, null);
        }

        if (read.IsMissing && named is null)
        {
            return (null, null, null);
        }

        return (path, null, new ConfigurationProblem(
            "",
            origin,
            $"The configuration file {path} cannot be read: {read.Failure}",
            "Name an existing file that the server's user may read."));
    }

    private static void ReadKeys(string file, string text, LoadContext context)
    {
        var problems = new List<ConfigurationProblem>();
        if (YamlReader.Read(file, text, problems) is { } root)
        {
            KeyCollector.Collect(root, context);
        }

        context.AddErrors(problems);
    }

    /// <summary>As one would go through the file from top to bottom, then everything else.</summary>
    private static List<ConfigurationProblem> InReadingOrder(IEnumerable<ConfigurationProblem> problems, string? file) =>
        [.. problems
            .OrderBy(problem => problem.Origin.File == file ? 0 : 1)
            .ThenBy(problem => problem.Origin.Line ?? int.MaxValue)];
}
