using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>A key that may stand in the file.</summary>
/// <param name="path">Its sections and its name, with dots between.</param>
/// <param name="description">For the documentation: what it means, or why it has no effect and what to do instead.</param>
internal abstract class ConfigurationKey(string path, string description)
{
    public string Path { get; } = path;

    public string Description { get; } = description;

    public string EnvironmentName { get; } = EnvironmentOverrides.Prefix + path.ToUpperInvariant().Replace('.', '_');

    public abstract EnvironmentForm EnvironmentForm { get; }

    /// <summary>Takes the value over, or reports why not.</summary>
    public abstract ServerOptions Apply(ServerOptions options, ConfigNode node, LoadContext context);
}
