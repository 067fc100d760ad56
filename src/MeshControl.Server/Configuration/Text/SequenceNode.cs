namespace MeshControl.Server.Configuration.Text;

internal sealed class SequenceNode(ConfigurationOrigin origin, IReadOnlyList<ConfigNode> items) : ConfigNode(origin)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;

    public override string Shape => "a list";
}
