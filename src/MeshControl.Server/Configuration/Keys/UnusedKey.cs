using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>
/// A key of Headscale without effect here. It is understood, so that the file of a Headscale server can be used, and reported.
/// </summary>
internal sealed class UnusedKey(string path, string reason) : ConfigurationKey(path, reason)
{
    public override EnvironmentForm EnvironmentForm => EnvironmentForm.Single;

    public override ServerOptions Apply(ServerOptions options, ConfigNode node, LoadContext context)
    {
        context.Ignore(Path, Description);
        return options;
    }
}
