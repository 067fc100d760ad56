using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>
/// A key that Headscale itself no longer takes. An error, since whoever writes it counts on its effect; but harmless when the key that
/// took its place is set as well.
/// </summary>
/// <param name="successor">The key that took its place; null when there is none.</param>
/// <param name="isTolerated">Headscale starts in spite of it.</param>
internal sealed class RemovedKey(string path, string? successor, string reason, bool isTolerated = false) : ConfigurationKey(path, reason)
{
    /// <summary>Null when there is none.</summary>
    public string? Successor { get; } = successor;

    public override EnvironmentForm EnvironmentForm => EnvironmentForm.Single;

    public override ServerOptions Apply(ServerOptions options, ConfigNode node, LoadContext context)
    {
        if (Successor is not null && context.IsSet(Successor))
        {
            context.Ignore(Path, $"Its successor {Successor} is set, too. Remove the old key.");
        }
        else if (isTolerated)
        {
            context.Warn(Path, "This key was removed and has no effect.", Description);
        }
        else
        {
            context.Error(Path, "This key was removed.", Description);
        }

        return options;
    }
}
