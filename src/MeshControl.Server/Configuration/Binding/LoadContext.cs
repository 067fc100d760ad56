using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Binding;

/// <summary>
/// One loading in progress: what was written where, what is wrong with it, and the world around it. Used by one thread, once.
/// </summary>
internal sealed class LoadContext
{
    private readonly ConfigurationSource _source;
    private readonly string? _file;
    private readonly Dictionary<string, ConfigNode> _written = new(StringComparer.Ordinal);
    private readonly List<ConfigurationProblem> _errors = [];
    private readonly List<ConfigurationProblem> _warnings = [];
    private readonly List<IgnoredKey> _ignored = [];

    /// <param name="file">The absolute path of the configuration file; null when there is none.</param>
    public LoadContext(ConfigurationSource source, string? file)
    {
        _source = source;
        _file = file;
    }

    public IReadOnlyDictionary<string, string> Environment => _source.Environment;

    /// <summary>Whether fields that nobody has heard of are passed over in silence: the author may know more than we do.</summary>
    public bool TakesUnknownFields { get; private init; }

    public IReadOnlyList<ConfigurationProblem> Errors => _errors;

    public IReadOnlyList<ConfigurationProblem> Warnings => _warnings;

    public IReadOnlyList<IgnoredKey> Ignored => _ignored;

    /// <summary>For a text by itself, without a configuration around it.</summary>
    public static LoadContext ForDocument(string name, bool takesUnknownFields)
    {
        var nowhere = new ConfigurationSource
        {
            Environment = new Dictionary<string, string>(),
            IsRoot = false,
            HomeDirectory = "/",
            WorkingDirectory = "/",
        };
        return new LoadContext(nowhere, name) { TakesUnknownFields = takesUnknownFields };
    }

    /// <summary>Notes the value of a key; a later one, such as that of the environment, replaces an earlier one.</summary>
    public void Write(string path, ConfigNode node) => _written[path] = node;

    public ConfigNode? Find(string path) => _written.GetValueOrDefault(path);

    public bool IsSet(string path) => _written.ContainsKey(path);

    /// <summary>Whether these keys were read without an error, so that a rule between them can be judged.</summary>
    public bool AreSound(params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
        {
            if (_errors.Exists(error => error.Key.StartsWith(path, StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reports an error at the place where the key was written.</summary>
    public void Error(string path, string message, string remedy) => Error(path, OriginOf(path), message, remedy);

    public void Error(string path, ConfigurationOrigin origin, string message, string remedy) =>
        _errors.Add(new ConfigurationProblem(path, origin, message, remedy));

    public void AddErrors(IEnumerable<ConfigurationProblem> errors) => _errors.AddRange(errors);

    public void Warn(string path, string message, string remedy) => Warn(path, OriginOf(path), message, remedy);

    public void Warn(string path, ConfigurationOrigin origin, string message, string remedy) =>
        _warnings.Add(new ConfigurationProblem(path, origin, message, remedy));

    public void Ignore(string path, string reason) => _ignored.Add(new IgnoredKey(path, OriginOf(path), reason));

    public ConfigurationFile ReadFile(string path) => _source.ReadFile(path);

    /// <summary>Absolute: <c>~/</c> is the home directory, and relative paths start at the configuration file.</summary>
    public string ResolvePath(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
        {
            return Path.GetFullPath(path[1..].TrimStart('/'), _source.HomeDirectory);
        }

        return Path.GetFullPath(path, Path.GetDirectoryName(_file) ?? _source.WorkingDirectory);
    }

    private ConfigurationOrigin OriginOf(string path) =>
        Find(path)?.Origin ?? (_file is null ? default : ConfigurationOrigin.OfFile(_file));
}
